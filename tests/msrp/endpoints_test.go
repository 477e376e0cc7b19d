package msrp

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/tests/inproc"
)

// endpoint is a process with an MSRP stack that is not ours.
type endpoint struct {
	t   *testing.T
	in  io.Writer
	out chan string
}

// TestIndependentEndpoints has two endpoints of msrp-node-lib (github.com/cwysong85/msrp-node-lib) exchange a text and
// a long message through the relay. MSRP_NODE_LIB names the folder of the library; without it there is nothing to test with.
func TestIndependentEndpoints(t *testing.T) {
	library := os.Getenv("MSRP_NODE_LIB")
	if library == "" {
		t.Skip("MSRP_NODE_LIB is not set")
	}
	s := start(t)
	const size = 50 << 20
	alice, bob := startEndpoint(t, s, library, "send", size), startEndpoint(t, s, library, "receive", size)
	alicePath, bobPath := alice.expect("path "), bob.expect("path ")
	_, _ = io.WriteString(bob.in, alicePath+"\n")
	bob.expect("ready")
	begun := time.Now()
	_, _ = io.WriteString(alice.in, bobPath+"\n")
	for range 2 {
		if sent, got := alice.expect("sent "), bob.expect("got "); sent != got {
			t.Errorf("sent %s, got %s", sent, got)
		}
	}
	t.Logf("%d bytes in %v", size, time.Since(begun))
	for range 2 {
		if status := alice.expect("report "); status != "200" {
			t.Errorf("the report says %s", status)
		}
	}
}

func startEndpoint(t *testing.T, s *inproc.Server, library, role string, size int) *endpoint {
	t.Helper()
	at := s.Address(flow.TCP)
	cmd := exec.Command("node", "testdata/endpoint.js", library, at.Addr().String(), strconv.Itoa(int(at.Port())), role, strconv.Itoa(size))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	e := &endpoint{t: t, in: in, out: make(chan string, 100)}
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			e.out <- lines.Text()
		}
	}()
	return e
}

// expect is what the next line says behind a word.
func (e *endpoint) expect(word string) string {
	e.t.Helper()
	select {
	case line := <-e.out:
		rest, ok := strings.CutPrefix(line, word)
		if !ok {
			e.t.Fatalf("%q, want %s", line, word)
		}
		return rest
	case <-time.After(2 * time.Minute):
		e.t.Fatalf("no %s", word)
		return ""
	}
}
