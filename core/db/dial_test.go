package db

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// dialed is both ends of a connection as dialer makes it.
func dialed(t *testing.T) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if client, err = dialer(true)(t.Context(), "tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = client.Close(), server.Close() })
	return client, server
}

func TestConnectionCarriesMuch(t *testing.T) {
	client, server := dialed(t)
	text := bytes.Repeat([]byte("0123456789"), 1<<20) // more than the socket's buffers
	go func() {
		got, _ := io.ReadAll(io.LimitReader(server, int64(len(text))))
		_, _ = server.Write(got)
	}()
	if n, err := client.Write(text); n != len(text) || err != nil {
		t.Fatal(n, err)
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(client, got); err != nil || !bytes.Equal(got, text) {
		t.Fatal("what came back differs", err)
	}
}

func TestConnectionDeadlines(t *testing.T) {
	client, _ := dialed(t)
	if err := client.SetDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a read of nothing: %v", err)
	}
	for range 1000 { // fill the buffers
		if _, err := client.Write(make([]byte, 1<<20)); errors.Is(err, os.ErrDeadlineExceeded) {
			return
		}
	}
	t.Error("a write that nobody reads ends never")
}

// TestConnectionClosed: an end of the connection is an end for the reader, and the writer sends nothing more.
func TestConnectionClosed(t *testing.T) {
	client, server := dialed(t)
	_ = server.Close()
	if n, err := client.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("a read gives %d, %v", n, err)
	}
	if n, err := client.Write([]byte("x")); n != 0 || err == nil {
		t.Errorf("a write gives %d, %v", n, err)
	}
	_ = client.Close()
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	client, server = dialed(t)
	_, _ = server.Write([]byte("why")) // a server's last words
	_ = server.Close()
	if n, err := client.Write([]byte("x")); n != 0 || err == nil {
		t.Errorf("after the last words a write gives %d, %v", n, err)
	}
	if _, err := dialer(true)(context.Background(), "tcp", "127.0.0.1:1"); err == nil {
		t.Error("nobody listens there")
	}
}

// TestConnectionTellsWhatIsSlow: who holds others up hears that an answer takes long before the read waits for it.
func TestConnectionTellsWhatIsSlow(t *testing.T) {
	client, server := dialed(t)
	p, ok := client.(slowTeller)
	if !ok {
		t.Skip("left out: connections of this system wait in the poller only")
	}
	buf, told := make([]byte, 1), 0
	for range 10 {
		p.onSlow(func() {
			told++
			_, _ = server.Write([]byte("x")) // so it cannot have come before
		})
		if n, err := client.Read(buf); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if told != 10 {
		t.Errorf("told %d times of 10 slow answers", told)
	}
	if err := client.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	p.onSlow(func() { told++ })
	if _, err := client.Read(buf); !errors.Is(err, os.ErrDeadlineExceeded) || told != 11 {
		t.Errorf("an answer that does not come: %v, told %d times", err, told)
	}
	if err := client.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	_, _ = server.Write([]byte("x"))
	if n, err := client.Read(buf); n != 1 || err != nil {
		t.Error("after a deadline that is over:", n, err)
	}
}
