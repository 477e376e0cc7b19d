//go:build e2e

package e2e

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestLoss has SIPp call over paths that lose 5% of the datagrams on either side of the server, each way.
// Retransmission must make good for all of it: no call may fail.
func TestLoss(t *testing.T) {
	need(t, "sipp")
	rate, seconds := 50, 4
	if full() {
		rate, seconds = 200, 50
	}
	s := start(t, "")
	uas := startCallee(t)
	toServer := newLossyPath(t, s.addr, 0.05, 1)
	toCallee := newLossyPath(t, uas.addr(), 0.05, 3)
	out, code := run(t, time.Duration(seconds)*time.Second+5*time.Minute, s.dir, "sipp", s.lossArgs(t,
		toServer.addr(), "-key", "uas", toCallee.addr(), "-r", strconv.Itoa(rate), "-m", strconv.Itoa(rate*seconds),
		"-l", "50000", "-timeout", strconv.Itoa(seconds+240), "-timeout_error")...)
	done, failed := sippCalls(t, out)
	lost, passed := toServer.lost.Load()+toCallee.lost.Load(), toServer.passed.Load()+toCallee.passed.Load()
	t.Logf("%d calls/s: %d done, %d failed, %d over at the callee; %d of %d datagrams lost", rate, done, failed, uas.over(), lost, lost+passed)
	if code != 0 || failed != 0 || done != rate*seconds || uas.over() != done {
		t.Errorf("SIPp as caller: exit %d, %d of %d calls done, %d failed\n%s%s", code, done, rate*seconds, failed, tail(out, 60), s.sippErrors())
	}
}

// forLoss changes the calling scenario: replies come back the way of the request, and what is lost is repeated early.
var forLoss = strings.NewReplacer(";branch=[branch]", ";rport;branch=[branch]", `retrans="2000"`, `retrans="500"`)

// lossArgs are the caller's arguments.
func (s *server) lossArgs(t *testing.T, more ...string) []string {
	t.Helper()
	path := filepath.Join(s.dir, "loss.xml")
	write(t, path, forLoss.Replace(read(t, filepath.Join("sipp", "call.xml"))))
	args := []string{"-sf", path, "-t", "u1", "-i", "127.0.0.1", "-nostdin", "-buff_size", "4194304", "-p", strconv.Itoa(freePort(t)),
		"-max_retrans", "20", "-max_invite_retrans", "20", "-max_non_invite_retrans", "20", "-trace_err", "-error_file", s.dir + "/call.errors"}
	return append(args, more...)
}
