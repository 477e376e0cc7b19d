//go:build e2e

package e2e

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/freeport"
)

// load is a stream of calls at a fixed rate.
type load struct {
	transport string // "u1" UDP, "t1" TCP
	rate      int    // calls a second
	seconds   int
}

// String says it in the words of a report.
func (l load) String() string {
	name := map[string]string{"u1": "UDP", "t1": "TCP"}[l.transport]
	return strconv.Itoa(l.rate) + " calls/s for " + strconv.Itoa(l.seconds) + " s on " + name
}

// calls sends the load through the server and fails the test if one call fails on either side.
func (s *server) calls(t *testing.T, l load) {
	t.Helper()
	need(t, "sipp")
	uas, address := s.answer(t, l.transport)
	began := time.Now()
	out, code := run(t, time.Duration(l.seconds)*time.Second+5*time.Minute, s.dir, "sipp", s.sippArgs(t, "call.xml", l.transport,
		s.addr, "-key", "uas", address, "-r", strconv.Itoa(l.rate), "-m", strconv.Itoa(l.rate*l.seconds), "-l", "50000", "-timeout", strconv.Itoa(l.seconds+240), "-timeout_error")...)
	done, failed := sippCalls(t, out)
	t.Logf("%v: %d calls in %.1f s, %d failed", l, done+failed, time.Since(began).Seconds(), failed)
	if code != 0 || failed != 0 || done != l.rate*l.seconds {
		t.Errorf("SIPp as caller: exit %d, %d of %d calls done, %d failed\n%s%s", code, done, l.rate*l.seconds, failed, tail(out, 60), s.sippErrors())
		return
	}
	if code := uas.stop(t, syscall.SIGUSR1); code != 0 {
		t.Errorf("SIPp as callee: exit %d\n%s%s", code, tail(uas.output.String(), 40), s.sippErrors())
	}
}

// answer starts the answering side and gives its address.
func (s *server) answer(t *testing.T, transport string) (*process, string) {
	t.Helper()
	return s.answerWith(t, "answer.xml", transport)
}

// answerWith is answer with another scenario.
func (s *server) answerWith(t *testing.T, scenario, transport string) (*process, string) {
	t.Helper()
	args := s.sippArgs(t, scenario, transport)
	uas := spawn(t, s.dir, "sipp", args...)
	port := args[len(args)-1]
	number, _ := strconv.Atoi(port)
	eventually(t, "the answering SIPp listens", func() bool { return !freeport.Free(number) })
	return uas, net.JoinHostPort("127.0.0.1", port)
}

// sippArgs ends with the local port.
func (s *server) sippArgs(t *testing.T, scenario, transport string, more ...string) []string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("sipp", scenario))
	if err != nil {
		t.Fatal(err)
	}
	if filepath.IsAbs(scenario) {
		path = scenario
	}
	args := []string{"-sf", path, "-t", transport, "-i", "127.0.0.1", "-nostdin", "-buff_size", "4194304", "-max_retrans", "20", "-max_invite_retrans", "20", "-max_non_invite_retrans", "20", "-trace_err", "-error_file", s.dir + "/" + filepath.Base(path) + ".errors"}
	return append(append(args, more...), "-p", strconv.Itoa(freePort(t)))
}

var sippRow = regexp.MustCompile(`(Successful|Failed) call\s*\|[^|]*\|\s*(\d+)`)

// sippCalls reads the totals from SIPp's last statistics screen.
func sippCalls(t *testing.T, out string) (done, failed int) {
	t.Helper()
	rows := sippRow.FindAllStringSubmatch(out, -1)
	if len(rows) < 2 {
		t.Fatalf("SIPp printed no statistics:\n%s", out)
	}
	for _, row := range rows[len(rows)-2:] {
		n, _ := strconv.Atoi(row[2])
		if row[1] == "Successful" {
			done = n
		} else {
			failed = n
		}
	}
	return done, failed
}

// sippErrors is the beginning of what the SIPps noted about messages that they did not expect.
func (s *server) sippErrors() string {
	files, _ := filepath.Glob(s.dir + "/*.errors")
	var all strings.Builder
	for _, path := range files {
		data, _ := os.ReadFile(path)
		all.WriteString("\n" + path + "\n" + string(data[:min(len(data), 3000)]))
	}
	return all.String()
}
