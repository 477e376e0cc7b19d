//go:build e2e

package e2e

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// staysFlat reloads on, without calls: what the server holds must be that of the calls, and no more for each reload. The first
// reloads fill what the collector leaves free.
func (s *server) staysFlat(t *testing.T) {
	var held []int
	for range 6 {
		held = append(held, s.residentKiB(t))
		for range 100 {
			s.kamcmd(t, "app_lua.reload")
		}
	}
	t.Logf("resident memory after the calls, and after each 100 further reloads: %v KiB", held)
	if held[5] > held[2]*21/20 {
		t.Errorf("300 reloads have taken %d KiB", held[5]-held[2])
	}
}

var residentLine = regexp.MustCompile(`VmRSS:\s*(\d+) kB`)

// residentKiB is the memory that the server takes of the machine.
func (s *server) residentKiB(t *testing.T) int {
	t.Helper()
	m := residentLine.FindStringSubmatch(read(t, "/proc/"+strconv.Itoa(s.cmd.Process.Pid)+"/status"))
	if m == nil {
		t.Fatal("the system does not tell how much memory the server has")
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// TestReloadBySignal: SIGHUP reloads, a broken script changes nothing, and the list tells who asked.
func TestReloadBySignal(t *testing.T) {
	need(t, "kamcmd")
	s := start(t, "")
	reload := func() {
		if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	reload()
	s.becomes(t, "version: 2\n", "by: signal\n")
	good := read(t, s.script)
	write(t, s.script, good+brokenTail)
	reload()
	eventually(t, "the log tells of the broken script", func() bool { return s.output.count("reload by signal failed") == 1 })
	write(t, s.script, good)
	reload()
	s.becomes(t, "version: 3\n", "by: signal\n")
}

// becomes waits until app_lua.list has these lines.
func (s *server) becomes(t *testing.T, lines ...string) {
	t.Helper()
	eventually(t, "app_lua.list has "+strings.Join(lines, " "), func() bool {
		list := s.kamcmd(t, "app_lua.list")
		for _, line := range lines {
			if !strings.Contains(list, line) {
				return false
			}
		}
		return true
	})
}

// TestWatch: with --watch a server reloads when the script or a file that it requires changes, in place or by a file renamed over it.
func TestWatch(t *testing.T) {
	need(t, "kamcmd")
	s := startWith(t, "\npackage.path = '@DIR@/?.lua;' .. package.path\npart = require('part')\n", "--watch")
	s.becomes(t, "version: 1\n", "by: start\n", "part.lua")
	if err := os.WriteFile(s.dir+"/part.lua", []byte("return 2"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.becomes(t, "version: 2\n", "by: watch\n")
	write(t, s.script, read(t, s.script)+"\n-- changed\n")
	s.becomes(t, "version: 3\n")
	write(t, s.dir+"/part.lua", "return = 3")
	eventually(t, "the log tells of the broken file", func() bool { return s.output.count("reload by watch failed") > 0 })
	write(t, s.dir+"/part.lua", "return 4")
	s.becomes(t, "version: 4\n")
}
