//go:build e2e

package e2e

import (
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// road is a way by which a SIPp speaks: a transport as SIPp names it, and an address of its own.
type road struct{ transport, host string }

var roads = []road{{"u1", "127.0.0.1"}, {"t1", "127.0.0.1"}, {"u1", "::1"}, {"t1", "::1"}}

func (r road) name() string { return map[string]string{"u1": "UDP", "t1": "TCP"}[r.transport] }

func (r road) String() string { return r.name() + " of " + r.host }

// TestRoads: SIPp registers and calls by UDP and TCP, from IPv4 and IPv6, and by each of them to each.
func TestRoads(t *testing.T) {
	need(t, "sipp")
	if c, err := net.Listen("tcp", "[::1]:0"); err != nil {
		t.Skipf("left out: IPv6: %v", err)
	} else {
		_ = c.Close()
	}
	s := prepare(t, "")
	_, port, _ := net.SplitHostPort(s.addr)
	s.launch(t, command, "-l", "udp:[::1]:"+port, "-l", "tcp:[::1]:"+port)
	for _, to := range roads {
		uas, address := s.answerOn(t, to)
		for _, from := range roads {
			t.Run(from.String()+" to "+to.String(), func(t *testing.T) { s.callBy(t, from, net.JoinHostPort(from.host, port), address) })
		}
		if code := uas.stop(t, syscall.SIGUSR1); code != 0 {
			t.Errorf("SIPp as callee by %v: exit %d\n%s%s", to, code, tail(uas.output.String(), 40), s.sippErrors())
		}
	}
}

func (s *server) answerOn(t *testing.T, r road) (*process, string) {
	t.Helper()
	args := s.sippArgs(t, "answer.xml", r.transport, "-i", r.host)
	uas := spawn(t, s.dir, "sipp", args...)
	address := net.JoinHostPort(r.host, args[len(args)-1])
	eventually(t, "the answering SIPp listens", func() bool { return r.taken(address) })
	return uas, address + ";transport=" + r.name()
}

// taken tells whether somebody listens on an address by the road's transport.
func (r road) taken(address string) bool {
	var c io.Closer
	var err error
	if r.transport == "u1" {
		c, err = net.ListenPacket("udp", address)
	} else {
		c, err = net.Listen("tcp", address)
	}
	if err == nil {
		_ = c.Close()
	}
	return err != nil
}

func (s *server) callBy(t *testing.T, r road, server, callee string) {
	t.Helper()
	const calls = 3
	scenario := s.dir + "/call-any.xml"
	write(t, scenario, strings.Replace(read(t, "sipp/call.xml"), "@[uas];transport=[transport]>", "@[uas]>", 1)) // the callee has a transport of its own
	out, code := run(t, 3*time.Minute, s.dir, "sipp", s.sippArgs(t, scenario, r.transport, server, "-i", r.host, "-key", "uas", callee,
		"-m", strconv.Itoa(calls), "-r", "20", "-timeout", "120", "-timeout_error")...)
	if done, failed := sippCalls(t, out); code != 0 || done != calls || failed != 0 {
		t.Errorf("SIPp: exit %d, %d of %d calls done, %d failed\n%s%s", code, done, calls, failed, tail(strings.TrimSpace(out), 40), s.sippErrors())
	}
}
