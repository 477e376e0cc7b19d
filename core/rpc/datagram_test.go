package rpc

import (
	"net"
	"strings"
	"testing"
	"time"
)

// raw sends a datagram and waits for the answer; "" is none.
func raw(t *testing.T, a address, text string) string {
	t.Helper()
	conn, err := dial(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := conn.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1<<20)
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

func TestDatagram(t *testing.T) {
	path := t.TempDir() + "/rpc.sock"
	for _, addr := range []string{path, "udp:" + local(t)} {
		c := started(t)(ServeDatagram(t.Context(), shapes(t), addr, Options{MaxRequest: 200}))
		a, err := parseJSONAddress(addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := raw(t, a, echoRequest); got != echoReply {
			t.Errorf("%s: %s", addr, got)
		}
		if got := raw(t, a, strings.Repeat(" ", 200)+echoRequest); got != tooLargeMsg {
			t.Errorf("%s: too large: %s", addr, got)
		}
		tooMuch := raw(t, a, `{"jsonrpc":"2.0","method":"test.big","params":[1000000],"id":2}`)
		if tooMuch != `{"jsonrpc":"2.0","error":{"code":500,"message":"Reply Too Large for a datagram: ask on a stream, unixs: or tcp: of module ctl"},"id":2}` {
			t.Errorf("%s: large reply: %.100s", addr, tooMuch)
		}
		if got := c.Stats(); got.Refused != 1 || got.Lost != 0 {
			t.Errorf("%s: %+v", addr, got)
		}
	}
	wantMode(t, path, 0o600)
}

func TestDatagramLargestReply(t *testing.T) {
	path := t.TempDir() + "/rpc.sock"
	c := started(t)(ServeDatagram(t.Context(), shapes(t), path, Options{}))
	// A zero byte takes six characters in JSON.
	got := raw(t, address{"unixgram", path}, `{"jsonrpc":"2.0","method":"test.big","params":[33000],"id":2}`)
	if len(got) < 6*33000 {
		t.Errorf("the reply has %d bytes, stats %+v", len(got), c.Stats())
	}
}

// Garbage has no answer and is counted; the next client is served.
func TestDatagramGarbage(t *testing.T) {
	path := t.TempDir() + "/rpc.sock"
	c := started(t)(ServeDatagram(t.Context(), NewRegistry(), path, Options{Workers: 1}))
	conn, err := net.Dial("unixgram", path) // has no name: an answer could not be sent
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, text := range []string{"", "{", "\x00\xff", strings.Repeat("[", 60000), echoRequest} {
		if _, err := conn.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if got := raw(t, address{"unixgram", path}, echoRequest); got != echoReply {
		t.Error(got)
	}
	if got := c.Stats(); got != (CarrierStats{Requests: 2, Refused: 4}) {
		t.Errorf("%+v", got)
	}
}

// A client that does not take its replies holds up its worker for IOTimeout at most.
func TestDatagramSlowClient(t *testing.T) {
	path := t.TempDir() + "/rpc.sock"
	c := started(t)(ServeDatagram(t.Context(), NewRegistry(), path, Options{Workers: 1, IOTimeout: 300 * time.Millisecond}))
	slow, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: t.TempDir() + "/slow", Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	for c.Stats().Lost == 0 {
		if _, err := slow.WriteTo([]byte(echoRequest), &net.UnixAddr{Name: path, Net: "unixgram"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := raw(t, address{"unixgram", path}, echoRequest); got != echoReply {
		t.Error(got)
	}
}
