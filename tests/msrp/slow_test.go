package msrp

import (
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/msrp"
	"github.com/moonroute/moonroute/tests/inproc"
)

// TestSlowReader: who reads nothing stops its own sender, and nobody else; when it reads again
// nothing is missing.
func TestSlowReader(t *testing.T) {
	s := start(t)
	slow, slowPath := session(t, s)
	quick, quickPath := session(t, s)
	toSlow, toQuick := s.Stream(), s.Stream()
	body := strings.Repeat("x", 20000)
	const messages = 1000 // more than all buffers hold
	var sent atomic.Int64
	go func() {
		for n := range messages {
			if toSlow.Write(toSlow.Frame(fmt.Sprintf("s%d", n), "SEND", slowPath+" "+slow.URI, headers(n, len(body)), body, msrp.Complete)) != nil {
				return
			}
			sent.Add(1)
		}
	}()
	stopped := int64(-1)
	for now := sent.Load(); now != stopped; now = sent.Load() {
		stopped = now
		time.Sleep(200 * time.Millisecond)
	}
	if stopped == messages {
		t.Fatal("the sender was not stopped")
	}
	if queued := s.Core.Transports().Connections(); len(queued) != 4 {
		t.Fatalf("%d connections", len(queued))
	}
	for _, c := range s.Core.Transports().Connections() {
		if c.Queued > 128<<10 {
			t.Errorf("%d bytes wait for %v", c.Queued, c.Remote)
		}
	}
	for n := range 50 {
		id := fmt.Sprintf("q%d", n)
		toQuick.Send(toQuick.Frame(id, "SEND", quickPath+" "+quick.URI, headers(n, 2), "hi", msrp.Complete))
		if f := quick.Receive(); f.ID != id {
			t.Fatalf("another one got\n%s", f.Raw)
		}
		toQuick.Receive()
	}
	for n := range messages {
		if f := slow.Receive(); f.Header("Message-ID") != fmt.Sprintf("m%d", n) {
			t.Fatalf("message %d is %s", n, f.Header("Message-ID"))
		}
	}
}

// TestFile: 50 MB in one SEND come through byte for byte, with as little memory as a short text.
func TestFile(t *testing.T) {
	size := 50 << 20
	if testing.Short() {
		size = 2 << 20
	}
	s := start(t)
	bob, path := session(t, s)
	exchangeFile(t, s.Stream(), bob, path, size)
}

// exchangeFile has alice send a file to bob's session in one SEND, and compares what comes.
func exchangeFile(t *testing.T, alice, bob *inproc.Stream, path string, size int) {
	t.Helper()
	want := fnv.New64a()
	go func() {
		content, data := rand.NewChaCha8([32]byte{1}), make([]byte, 64<<10)
		frame := alice.Frame("file", "SEND", path+" "+bob.URI, fmt.Sprintf("Message-ID: f\nByte-Range: 1-%d/%d\nContent-Type: a/b\n", size, size), "x", msrp.Complete)
		head, _, _ := strings.Cut(frame, "\r\n\r\n")
		_ = alice.Write(head + "\r\n\r\n")
		for range size / len(data) {
			_, _ = content.Read(data)
			_, _ = want.Write(data)
			_ = alice.Write(string(data))
		}
		_ = alice.Write("\r\n-------file$\r\n")
	}()
	got, n := fnv.New64a(), 0
	for last := msrp.Partial; last != msrp.Complete; {
		f := bob.Receive()
		r, err := f.Range()
		if err != nil || r.Start != int64(n+1) || r.Total != int64(size) {
			t.Fatalf("%+v after %d bytes: %v", r, n, err)
		}
		_, _ = io.WriteString(got, f.Body)
		n, last = n+len(f.Body), f.Flag
		bob.Send(bob.Frame(f.ID, "200 OK", path, "", "", msrp.Complete))
	}
	if n != size || got.Sum64() != want.Sum64() {
		t.Errorf("%d of %d bytes, and their sum is %x, want %x", n, size, got.Sum64(), want.Sum64())
	}
	if f := alice.Receive(); f.Code != 200 {
		t.Errorf("alice got\n%s", f.Raw)
	}
	alice.Silence(50 * time.Millisecond)
}
