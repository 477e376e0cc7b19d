package rpc

import (
	"bytes"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

func TestStreamLimits(t *testing.T) {
	path := t.TempDir() + "/ctl"
	opts := Options{MaxRequest: 100, MaxClients: 2, IOTimeout: 300 * time.Millisecond}
	c := started(t)(ServeBinary(t.Context(), NewRegistry(), path, opts))
	for _, sent := range []string{"garbage\n", "\xa1\x0f\x7f\xff\xff\xff\x01\x02\x03\x04", "\xa1", "\xa1\x03\x20\x01\x02\x03\x04abc"} {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte(sent)) // on a slow machine the server may have cut the client off before
		// The server answers and hangs up, at once or when the client is too slow.
		got, err := io.ReadAll(conn)
		if err != nil && !errors.Is(err, syscall.ECONNRESET) || !bytes.Contains(got, []byte("corrupted packet")) {
			t.Errorf("%q: %q, %v", sent, got, err)
		}
		conn.Close()
		eventually(t, "the client leaves", func() bool { return c.Stats().Refused > 0 })
	}
	if got := c.Stats(); got.Refused != 4 {
		t.Errorf("%+v", got)
	}
}

func TestStreamManyClients(t *testing.T) {
	addr := "tcp:" + local(t)
	s := NewBinaryServer(NewRegistry(), Options{MaxClients: 2})
	t.Cleanup(s.Close)
	c, err := s.Listen(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	var clients []*Client
	for range 2 {
		client, err := Dial(t.Context(), addr)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		checkEcho(t, client)
		clients = append(clients, client)
	}
	third, err := Dial(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	if _, err := third.Call(t.Context(), "core.echo", "a"); err == nil {
		t.Error("a third client is served")
	}
	if got := c.Stats(); got.Refused != 1 || len(s.Connections()) != 2 {
		t.Errorf("%+v, %v", got, s.Connections())
	}
	clients[0].Close()
	eventually(t, "the first client leaves", func() bool { return len(s.Connections()) == 1 })
	checkEcho(t, clients[1])
}

func checkEcho(t *testing.T, client *Client) {
	t.Helper()
	reply, err := client.Call(t.Context(), "core.echo", "a", 1)
	if err != nil || len(reply.Values) != 2 || reply.Values[0] != "a" || reply.Values[1] != "1" {
		t.Errorf("core.echo: %+v, %v", reply, err)
	}
}
