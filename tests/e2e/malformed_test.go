//go:build e2e

package e2e

import (
	"fmt"
	"math/rand/v2"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMalformedMessages floods the server with junk from one address. Requests beside it are
// answered all the time, and the log names the source once.
func TestMalformedMessages(t *testing.T) {
	s := start(t, "")
	junk, good := dial(t, s.addr), dial(t, s.addr)
	for round := range 50 {
		for i := range 100 {
			fmt.Fprint(junk, malformed(round*100+i))
		}
		s.answersOptions(t, good, round)
	}
	out, _ := run(t, patience, s.dir, command[0], append(slices.Clone(command[1:]), "rpc", "-s", s.control(), "stats.get_statistics", "bad_msg_hdr")...)
	if n := badMessages(out); n < 1000 {
		t.Errorf("%d malformed messages are counted:\n%s", n, out)
	}
	source := junk.LocalAddr().String()
	eventually(t, "the log names the source "+source, func() bool { return s.output.count(source) > 0 })
	if n := s.output.count(source); n != 1 {
		t.Errorf("%d log lines name the source %s, want 1", n, source)
	}
}

var badCount = regexp.MustCompile(`bad_msg_hdr\s*=\s*(\d+)`)

// badMessages is the count that the server tells.
func badMessages(statistics string) int {
	match := badCount.FindStringSubmatch(statistics)
	if match == nil {
		return 0
	}
	n, _ := strconv.Atoi(match[1])
	return n
}

// malformed are messages with one thing wrong each, and noise. The same number gives the same one.
func malformed(n int) string {
	request := options("junk", n)
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	switch n % 8 {
	case 0:
		return strings.Replace(request, "SIP/2.0\r\n", "SIP/7.0\r\n", 1)
	case 1:
		return strings.Replace(request, "Via:", "Vai:", 1)
	case 2:
		return strings.Replace(request, "CSeq: 1 OPTIONS", "CSeq: OPTIONS", 1)
	case 3:
		return strings.Replace(request, "Call-ID:", "Call ID", 1)
	case 4:
		return request[:rng.IntN(len(request))]
	case 5:
		return strings.Replace(request, "Content-Length: 0", "Content-Length: 99999999999", 1)
	case 6:
		return strings.Replace(request, "OPTIONS sip:", "OPTIONS  <<", 1)
	}
	noise := make([]byte, 20+rng.IntN(600))
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	return string(noise)
}

func options(id string, n int) string {
	return fmt.Sprintf("OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bK%s%d\r\n"+
		"Max-Forwards: 70\r\nFrom: <sip:e2e@example.test>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: %[1]s%[2]d\r\n"+
		"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n", id, n)
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// answersOptions sends a good request, again as a client would if a datagram was lost in the flood.
func (s *server) answersOptions(t *testing.T, c net.Conn, n int) {
	t.Helper()
	buf := make([]byte, 4096)
	for range 12 {
		fmt.Fprint(c, options("good", n))
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		if got, err := c.Read(buf); err == nil && strings.HasPrefix(string(buf[:got]), "SIP/2.0 200 ") {
			return
		}
	}
	t.Fatalf("request %d beside the junk is not answered", n)
}
