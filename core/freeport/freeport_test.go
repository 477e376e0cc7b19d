package freeport

import "testing"

func TestTake(t *testing.T) {
	seen := map[int]bool{}
	for range 50 {
		port, err := Take()
		if err != nil || seen[port] || port < first || port >= first+count || !Free(port) {
			t.Fatal(port, err)
		}
		seen[port] = true
		if abstract && keep(port) {
			t.Errorf("%d is given twice", port)
		}
	}
}
