//go:build e2e && linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"
)

// apart gives the server the first core for itself, and this process, which is its peers, the second one until the test ends: what the
// peers compute does not count. It gives the server's command.
func apart(t *testing.T) []string {
	t.Helper()
	need(t, "taskset")
	if runtime.NumCPU() < 2 {
		t.Skip("left out: it needs two cores")
	}
	stayOn(t, "1")
	t.Cleanup(func() { stayOn(t, fmt.Sprintf("0-%d", runtime.NumCPU()-1)) })
	return append([]string{"taskset", "-c", "0"}, command...)
}

// stayOn moves this process to some cores.
func stayOn(t *testing.T, cores string) {
	t.Helper()
	if out, err := exec.Command("taskset", "-a", "-c", "-p", cores, strconv.Itoa(os.Getpid())).CombinedOutput(); err != nil {
		t.Errorf("taskset: %v %s", err, out)
	}
}
