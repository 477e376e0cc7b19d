package hash

import "testing"

func TestBucketsOfTheIncumbent(t *testing.T) {
	cases := map[string]int{"127.0.0.1": 23, "127.0.0.01": 30, "localhost": 104, "10.0.0.1": 31, "\x7f\x00\x00\x01": 98, "\x0a\x06\x06\x06": 106, "": 0, "GW2.Example": 97}
	for text, want := range cases {
		if got := Bucket(text, 128); got != want {
			t.Errorf("%q is in bucket %d, want %d", text, got, want)
		}
	}
}
