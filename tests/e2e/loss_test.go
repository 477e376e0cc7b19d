//go:build e2e

package e2e

import (
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestLoss offers calls over paths that lose 5% of the datagrams on either side of the server, each way.
// Retransmission must make good for all of it: no call may fail.
func TestLoss(t *testing.T) {
	need(t, "sipp")
	rate, seconds := 50, 4
	if full() {
		rate, seconds = 200, 50
	}
	s := start(t, "")
	uas, callee := s.answerOverLoss(t)
	toServer := newLossyPath(t, s.addr, 0.05, 1)
	toCallee := newLossyPath(t, callee, 0.05, 3)
	out, code := run(t, time.Duration(seconds)*time.Second+3*time.Minute, s.dir, "sipp", s.lossArgs(t, "call.xml",
		toServer.addr(), "-key", "uas", toCallee.addr(), "-r", strconv.Itoa(rate), "-m", strconv.Itoa(rate*seconds),
		"-l", "50000", "-timeout", strconv.Itoa(seconds+120), "-timeout_error")...)
	done, failed := sippCalls(t, out)
	lost, passed := toServer.lost.Load()+toCallee.lost.Load(), toServer.passed.Load()+toCallee.passed.Load()
	t.Logf("%d calls/s: %d done, %d failed; %d of %d datagrams lost", rate, done, failed, lost, lost+passed)
	if code != 0 || failed != 0 || done != rate*seconds {
		t.Errorf("SIPp as caller: exit %d, %d of %d calls done, %d failed\n%s%s", code, done, rate*seconds, failed, tail(out, 60), s.sippErrors())
	}
	uas.stop(t, syscall.SIGKILL) // it would linger
}

// answerOverLoss starts the answering SIPp, which stays after its 200 to the BYE for as long
// as the server may repeat the BYE.
func (s *server) answerOverLoss(t *testing.T) (*process, string) {
	t.Helper()
	args := s.lossArgs(t, "answer.xml")
	uas := spawn(t, s.dir, "sipp", args...)
	port := args[len(args)-1]
	number, _ := strconv.Atoi(port)
	eventually(t, "the answering SIPp listens", func() bool { return !portFree(number) })
	return uas, net.JoinHostPort("127.0.0.1", port)
}

// forLoss changes the scenarios: replies come back the way of the request, the callee lingers, and it
// answers an INVITE again that SIPp does not see to be a repetition.
var forLoss = map[string]*strings.Replacer{
	"call.xml": strings.NewReplacer(";branch=[branch]", ";rport;branch=[branch]"),
	"answer.xml": strings.NewReplacer(
		`<send retrans="500">`, `<label id="1"/>`+"\n"+`<send retrans="500">`,
		`<recv request="ACK"`, `<recv request="INVITE" optional="true" next="1"/>`+"\n"+`<recv request="ACK"`,
		"</scenario>", `<timewait milliseconds="20000"/>`+"\n</scenario>"),
}

// lossArgs ends with the local port.
func (s *server) lossArgs(t *testing.T, scenario string, more ...string) []string {
	t.Helper()
	path := filepath.Join(s.dir, "loss-"+scenario)
	write(t, path, forLoss[scenario].Replace(read(t, filepath.Join("sipp", scenario))))
	args := []string{"-sf", path, "-t", "u1", "-i", "127.0.0.1", "-nostdin", "-buff_size", "4194304", "-max_retrans", "20", "-max_invite_retrans", "20", "-max_non_invite_retrans", "20",
		"-trace_err", "-error_file", s.dir + "/" + scenario + ".errors"}
	return append(append(args, more...), "-p", strconv.Itoa(freePort(t)))
}
