package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/tests/inproc"
)

// TestRun starts the program's server, asks it, and stops it by its context.
func TestRun(t *testing.T) {
	port := inproc.FreePort(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, "PORT="+port) }()

	for user, want := range map[string]string{"bob": "SIP/2.0 200 Good day Robert", "eve": "SIP/2.0 404 Who is eve"} {
		if got := ask(t, port, user, ended); got != want {
			t.Errorf("%s: %q, want %q", user, got, want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// ask sends a request until the server, which is just starting, answers.
func ask(t *testing.T, port, user string, ended <-chan error) string {
	t.Helper()
	conn, err := net.Dial("udp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	request := fmt.Sprintf("OPTIONS sip:%s@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP %v;branch=z9hG4bK%[1]s\r\nFrom: <sip:a@127.0.0.1>;tag=1\r\n"+
		"To: <sip:%[1]s@127.0.0.1>\r\nCall-ID: %[1]s\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n", user, conn.LocalAddr())
	buf := make([]byte, 4096)
	for end := time.Now().Add(time.Minute); time.Now().Before(end) && len(ended) == 0; {
		if _, err := fmt.Fprint(conn, request); err != nil {
			continue // nobody listens yet
		}
		_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if n, err := conn.Read(buf); err == nil {
			line, _, _ := strings.Cut(string(buf[:n]), "\r\n")
			return line
		}
	}
	select {
	case err := <-ended:
		t.Fatalf("the server ended: %v", err)
	default:
		t.Fatal("no answer")
	}
	return ""
}
