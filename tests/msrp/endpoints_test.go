package msrp

import (
	"bufio"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// endpoint is a process with an MSRP stack that is not ours.
type endpoint struct {
	t   *testing.T
	in  io.Writer
	out chan string
}

// library is an MSRP stack that is not ours. It is used where a variable of the environment names its folder.
type library struct {
	name, variable string
	source         string // where it comes from
	command        []string
	openRange      bool // it sends long messages with a Byte-Range that ends with *
}

var libraries = []library{
	{"msrp-node-lib", "MSRP_NODE_LIB", "github.com/cwysong85/msrp-node-lib, for Node.js", []string{"node", "testdata/endpoint.js"}, false},
	{"python3-msrplib", "MSRP_PYTHON_LIB", "github.com/AGProjects/python3-msrplib with what it imports (twisted, eventlib), for Python 3", []string{"python3", "testdata/endpoint.py"}, true},
}

// TestIndependentEndpoints has each library send a text and a long message to each through the relay.
func TestIndependentEndpoints(t *testing.T) {
	for _, p := range []flow.Proto{flow.TCP, flow.TLS} {
		for _, from := range libraries {
			for _, to := range libraries {
				t.Run(from.name+" to "+to.name+" over "+p.String(), func(t *testing.T) { exchange(t, p, from, to) })
			}
		}
	}
}

func exchange(t *testing.T, p flow.Proto, from, to library) {
	for _, l := range []library{from, to} {
		if os.Getenv(l.variable) == "" {
			t.Skipf("left out: %s is not set; it names the folder of a copy of %s", l.variable, l.source)
		}
	}
	s := startSecured(t, script)
	const size = 50 << 20
	at := s.Address(p)
	alice, bob := from.start(t, p, at, "send", size), to.start(t, p, at, "receive", size)
	alicePath, bobPath := alice.expect("path "), bob.expect("path ")
	_, _ = io.WriteString(bob.in, alicePath+"\n")
	bob.expect("ready")
	begun := time.Now()
	_, _ = io.WriteString(alice.in, bobPath+"\n")
	for _, text := range []string{"short", "long"} {
		if sent, got := alice.expect("sent "), bob.expect("got "); sent != got {
			t.Errorf("sent %s, got %s", sent, got)
		}
		if text == "long" && from.openRange && to.name == "msrp-node-lib" {
			continue // it cannot report a Byte-Range that ends with *
		}
		if status := alice.expect("report "); status != "200" {
			t.Errorf("the report says %s", status)
		}
	}
	t.Logf("%d bytes in %v", size, time.Since(begun))
}

func (l library) start(t *testing.T, p flow.Proto, at netip.AddrPort, role string, size int) *endpoint {
	t.Helper()
	args := append(slices.Clone(l.command[1:]), os.Getenv(l.variable), at.Addr().String(), strconv.Itoa(int(at.Port())), role, strconv.Itoa(size), p.String())
	cmd := exec.Command(l.command[0], args...)
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
	case <-time.After(time.Minute):
		e.t.Fatalf("no %s", word)
		return ""
	}
}
