//go:build e2e && linux

package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// resident is the memory of a server's process, in bytes.
func (s *server) resident() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kib, err := strconv.Atoi(number)
	return kib << 10, err
}

// memory is resident, at a server that runs.
func (s *server) memory(t *testing.T) int {
	t.Helper()
	n, err := s.resident()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// watchMemory notes a server's memory every second until the result is called.
func (s *server) watchMemory(t *testing.T) (stop func() (bytes []int)) {
	t.Helper()
	end, result := make(chan struct{}), make(chan []int)
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		var noted []int
		for {
			select {
			case <-end:
				result <- noted
				return
			case <-tick.C:
				n, err := s.resident()
				if err != nil {
					t.Error(err)
				}
				noted = append(noted, n)
			}
		}
	}()
	return func() []int {
		close(end)
		return <-result
	}
}

func mean(list []int) (sum int) {
	for _, n := range list {
		sum += n
	}
	return sum / len(list)
}
