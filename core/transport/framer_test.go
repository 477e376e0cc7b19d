package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const testHead = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP c;branch=z9hG4bK1\r\nCall-ID: x\r\n"

// frames feeds everything that r gives and describes what comes out, one word a frame.
func frames(f *Framer, r io.Reader) (words []string) {
	for {
		frame, ok, err := f.Next()
		switch {
		case err != nil:
			return append(words, err.Error())
		case ok && frame.Kind == Ping:
			for range frame.Pings {
				words = append(words, "ping")
			}
		case ok:
			words = append(words, frame.Data)
		case f.Fill(r) != nil:
			return words
		}
	}
}

// pieces gives its text in two parts.
func pieces(text string, at int) io.Reader {
	return io.MultiReader(strings.NewReader(text[:at]), strings.NewReader(text[at:]))
}

var framerCases = []struct {
	name string
	in   string
	want []string
}{
	{"no body", testHead + "Content-Length: 0\r\n\r\n", []string{testHead + "Content-Length: 0\r\n\r\n"}},
	{"body", testHead + "l: 3\r\n\r\nabcrest", []string{testHead + "l: 3\r\n\r\nabc"}},
	{"LF lines", "A b C\nl:0\n\n", []string{"A b C\nl:0\n\n"}},
	{"pipelined", "A b C\nl: 1\n\nxD e F\r\nl: 2\r\n\r\nyz", []string{"A b C\nl: 1\n\nx", "D e F\r\nl: 2\r\n\r\nyz"}},
	{"reply", "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", []string{"SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"}},
	{"ping", "\r\n\r\n", []string{"ping"}},
	{"one CRLF", "\r\n", nil},
	{"three CRLF", "\r\n\r\n\r\n", []string{"ping"}},
	{"four CRLF", "\r\n\r\n\r\n\r\n", []string{"ping", "ping"}},
	{"LF LF", "\n\n", nil},
	{"ping, message, ping", "\r\n\r\nA b C\r\nl:0\r\n\r\n\r\n\r\n", []string{"ping", "A b C\r\nl:0\r\n\r\n", "ping"}},
	{"CRLF, message", "\r\nA b C\r\nl:0\r\n\r\n", []string{"A b C\r\nl:0\r\n\r\n"}},
	{"NULs and blanks", "\x00\x00 \t\rA b C\r\nl:0\r\n\r\n", []string{"A b C\r\nl:0\r\n\r\n"}},
	{"blanks before colon", "A b C\r\nCONTENT-length \t:  1  \r\n\r\nx", []string{"A b C\r\nCONTENT-length \t:  1  \r\n\r\nx"}},
	{"folded length", "A b C\r\nContent-Length:\r\n 1\r\n\r\nx", []string{"A b C\r\nContent-Length:\r\n 1\r\n\r\nx"}},
	{"in a folded line", "A b C\r\nX: y\r\n l: 9\r\nl: 1\r\n\r\nx", []string{"A b C\r\nX: y\r\n l: 9\r\nl: 1\r\n\r\nx"}},
	{"like the name", "A b C\r\nContent-Lengthy: 9\r\nlo: 8\r\nl: 1\r\n\r\nx", []string{"A b C\r\nContent-Lengthy: 9\r\nlo: 8\r\nl: 1\r\n\r\nx"}},
	{"HTTP", "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", []string{"GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"}},
	{"SIP/3.0 passes", "A b SIP/3.0\r\nl: 0\r\n\r\n", []string{"A b SIP/3.0\r\nl: 0\r\n\r\n"}},
	{"no length", testHead + "\r\n", []string{ErrNoLength.Error()}},
	{"two lengths", "A b C\r\nl: 1\r\nContent-Length: 1\r\n\r\nx", []string{ErrBadLength.Error()}},
	{"negative", "A b C\r\nl: -1\r\n\r\n", []string{ErrBadLength.Error()}},
	{"junk after", "A b C\r\nl: 1x\r\n\r\nx", []string{ErrBadLength.Error()}},
	{"list", "A b C\r\nl: 1, 1\r\n\r\nx", []string{ErrBadLength.Error()}},
	{"empty value", "A b C\r\nl:\r\n\r\n", []string{ErrBadLength.Error()}},
	{"CR is no fold", "A b C\r\nl:\r 1\r\n\r\n", []string{ErrBadLength.Error()}},
	{"body over limit", "A b C\r\nl: 101\r\n\r\n", []string{ErrBodyTooLong.Error()}},
	{"overflow", "A b C\r\nl: 99999999999999999999999999\r\n\r\n", []string{ErrBodyTooLong.Error()}},
	{"header over limit", "A b C\r\nX: " + strings.Repeat("y", 400), []string{ErrHeaderTooLong.Error()}},
	{"first line over limit", strings.Repeat("y", 400), []string{ErrHeaderTooLong.Error()}},
	{"garbage line", "garbage\r\nl: 0\r\n\r\n", []string{ErrGarbage.Error()}},
	{"TLS hello", "\x16\x03\x01\x00\xa5", []string{ErrTLSHello.Error()}},
	{"MSRP", "MSRP 49fi AUTH\r\n", []string{ErrNotSpoken.Error()}},
	{"message, garbage", "A b C\r\nl:0\r\n\r\n<>", []string{"A b C\r\nl:0\r\n\r\n", ErrGarbage.Error()}},
}

func newTestFramer() *Framer { return &Framer{MaxHeader: 300, MaxBody: 100} }

func TestFramer(t *testing.T) {
	for _, c := range framerCases {
		t.Run(c.name, func(t *testing.T) {
			same(t, "one read", frames(newTestFramer(), strings.NewReader(c.in)), c.want)
			same(t, "byte by byte", frames(newTestFramer(), iotest.OneByteReader(strings.NewReader(c.in))), c.want)
			for at := range c.in {
				same(t, fmt.Sprintf("split at %d", at), frames(newTestFramer(), pieces(c.in, at)), c.want)
			}
		})
	}
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Fatalf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func TestFramerWithoutContentLength(t *testing.T) {
	f := newTestFramer()
	f.AcceptNoCL = true
	same(t, "frames", frames(f, strings.NewReader("A b C\r\n\r\nD e F\r\n\r\n")), []string{"A b C\r\n\r\n", "D e F\r\n\r\n"})
}

func TestFramerKind(t *testing.T) {
	for in, want := range map[string]Kind{"A b SIP/2.0\nl:0\n\n": SIP, "GET / HTTP/1.1\nl:0\n\n": HTTP, "HTTP/1.1 200 OK\nl:0\n\n": HTTP} {
		f := newTestFramer()
		if err := f.Fill(strings.NewReader(in)); err != nil {
			t.Fatal(err)
		}
		if frame, ok, err := f.Next(); !ok || err != nil || frame.Kind != want {
			t.Errorf("%q: %v %v %v", in, frame.Kind, ok, err)
		}
	}
}

func TestFramerGivesLargeBufferBack(t *testing.T) {
	f := &Framer{MaxHeader: 300, MaxBody: 200 << 10}
	big := "A b C\r\nl: 100000\r\n\r\n" + strings.Repeat("x", 100000)
	if got := frames(f, strings.NewReader(big)); len(got) != 1 || got[0] != big {
		t.Fatalf("%d frames", len(got))
	}
	if len(f.buf) > keepBuffer || f.Pending() {
		t.Fatalf("buffer %d, pending %v", len(f.buf), f.Pending())
	}
}

// A header that announces a large body must not take memory before the body comes.
func TestFramerTakesNoMemoryInAdvance(t *testing.T) {
	f := &Framer{MaxHeader: 300, MaxBody: 200 << 10}
	frames(f, strings.NewReader("A b C\r\nl: 200000\r\n\r\nfew"))
	if len(f.buf) > firstBuffer || !f.Pending() {
		t.Fatalf("buffer %d, pending %v", len(f.buf), f.Pending())
	}
}

func FuzzFramer(f *testing.F) {
	for _, c := range framerCases {
		f.Add(c.in, 7, false)
	}
	f.Fuzz(func(t *testing.T, in string, at int, noCL bool) {
		whole, split := newTestFramer(), newTestFramer()
		whole.AcceptNoCL, split.AcceptNoCL = noCL, noCL
		got := frames(whole, strings.NewReader(in))
		if at >= 0 && at <= len(in) {
			same(t, "split", frames(split, pieces(in, at)), got)
		}
		rest := in
		for _, frame := range got {
			if frame == "ping" || strings.HasPrefix(frame, "transport: ") {
				continue
			}
			at := strings.Index(rest, frame)
			if at < 0 {
				t.Fatalf("%q is not in order in %q", frame, in)
			}
			rest = rest[at+len(frame):]
		}
	})
}

func BenchmarkFramer(b *testing.B) {
	message := []byte(testHead + "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 200\r\n\r\n" + strings.Repeat("x", 200))
	f := &Framer{MaxHeader: 64 << 10, MaxBody: 64 << 10}
	r := bytes.NewReader(message)
	b.ReportAllocs()
	b.SetBytes(int64(len(message)))
	for b.Loop() {
		r.Reset(message)
		if err := f.Fill(r); err != nil {
			b.Fatal(err)
		}
		if _, ok, err := f.Next(); !ok || err != nil {
			b.Fatal(errors.Join(err, io.ErrUnexpectedEOF))
		}
	}
}
