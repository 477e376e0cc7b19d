//go:build unix

package transport

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// socketPair are both ends of a connection of the system's.
func socketPair(t testing.TB) (a, b net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if a, err = net.Dial("tcp", ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	if b, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return a, b
}

// TestRawReader: it reads as the connection itself would.
func TestRawReader(t *testing.T) {
	far, near := socketPair(t)
	r, room := newRawReader(near), make([]byte, 2)
	if r == nil {
		t.Fatal("a socket is none")
	}
	write := func(text string) {
		if _, err := io.WriteString(far, text); err != nil {
			t.Fatal(err)
		}
	}
	write("abc")
	if _, err := io.ReadFull(r, room); err != nil || string(room) != "ab" {
		t.Fatalf("%q, %v", room, err)
	}
	near.SetReadDeadline(time.Unix(1, 0))
	if n, err := r.Read(room); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("past the deadline: %d, %v", n, err)
	}
	near.SetReadDeadline(time.Time{})
	if n, err := r.Read(room); n != 1 || err != nil || room[0] != 'c' {
		t.Fatalf("after it: %d, %v", n, err)
	}
	far.Close()
	if n, err := r.Read(room); n != 0 || err != io.EOF {
		t.Fatalf("after the peer's end: %d, %v", n, err)
	}
	near.Close()
	if _, err := r.Read(room); !errors.Is(err, net.ErrClosed) {
		t.Fatalf("closed: %v", err)
	}
}

// TestRawReaderWaits: a read waits for bytes, and closing the connection ends the wait.
func TestRawReaderWaits(t *testing.T) {
	far, near := socketPair(t)
	r, got := newRawReader(near), make(chan error)
	go func() {
		_, err := io.ReadFull(r, make([]byte, 3))
		got <- err
		_, err = r.Read(make([]byte, 1))
		got <- err
	}()
	for _, part := range []string{"a", "bc"} {
		if _, err := io.WriteString(far, part); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	near.Close()
	if err := <-got; !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
}

func BenchmarkRawReader(b *testing.B) {
	far, near := socketPair(b)
	r, room, data := newRawReader(near), make([]byte, 4096), make([]byte, 500)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := far.Write(data); err != nil {
			b.Fatal(err)
		}
		if _, err := r.Read(room); err != nil {
			b.Fatal(err)
		}
	}
}
