package msrp

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lines writes a frame as a text with plain line ends.
func lines(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func examples(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/rfc/*.msrp")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	all := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = string(text)
	}
	return all
}

// TestExamples parses the examples of RFC 4975 and RFC 4976 and writes them again.
func TestExamples(t *testing.T) {
	for name, text := range examples(t) {
		f, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := string(f.Append(nil)); got != text {
			t.Errorf("%s: written again it is\n%s", name, got)
		}
		if err := f.Check(&Limits{MaxHops: 32}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPiecewise brings each example byte by byte, and with another frame behind it.
func TestPiecewise(t *testing.T) {
	for name, text := range examples(t) {
		c := newCutter(1 << 15)
		for n := range len(text) {
			if f, _, err := c.Cut([]byte(text[:n])); f != nil || err != nil {
				t.Fatalf("%s: after %d of %d bytes: %v, %v", name, n, len(text), f, err)
			}
		}
		f, size, err := c.Cut([]byte(text + text))
		if err != nil || f == nil || size != len(text) || f.Raw != text {
			t.Errorf("%s: %v, %d of %d bytes, %v", name, f, size, len(text), err)
		}
	}
}

func newCutter(piece int) *Cutter {
	c := &Cutter{Limits: Limits{Piece: piece}}
	c.SetDefaults()
	return c
}

func TestParts(t *testing.T) {
	f, err := Parse(examples(t)["4976-send-two-relays.msrp"])
	if err != nil {
		t.Fatal(err)
	}
	next, _ := f.NextHop()
	for _, x := range []struct{ what, got, want string }{
		{"id", f.ID, "6aef"},
		{"method", f.Method, "SEND"},
		{"session", f.Session(), "kjfjan"},
		{"next hop", next, "msrps://b.example.net:9000/aeiug;tcp"},
		{"last hop", f.To.Last(), "msrps://bob.example.net:8145/foo;tcp"},
		{"message id", f.Header("message-id"), "87652"},
		{"no header", f.Header("Message"), ""},
		{"body", f.Body, "Hi Bob, I'm about to send you file.mpeg"},
		{"flag", string(f.Flag), "$"},
	} {
		if x.got != x.want {
			t.Errorf("%s: %q, want %q", x.what, x.got, x.want)
		}
	}
	if f.To.Len() != 3 || f.From.Len() != 1 {
		t.Errorf("hops: %d and %d", f.To.Len(), f.From.Len())
	}
}

const head = "MSRP abcd SEND\nTo-Path: msrp://r:1/s;tcp\nFrom-Path: msrp://a:2/t;tcp\n"

func TestBadFrames(t *testing.T) {
	for _, x := range []struct {
		name, text string
		want       error
	}{
		{"garbage", "hello\n", ErrFirstLine},
		{"no id", "MSRP  SEND\n", ErrFirstLine},
		{"long id", "MSRP " + strings.Repeat("a", 33) + " SEND\n", ErrFirstLine},
		{"odd id", "MSRP a/b SEND\n", ErrFirstLine},
		{"odd method", "MSRP abcd SE ND\n", ErrFirstLine},
		{"long method", "MSRP abcd " + strings.Repeat("X", 99) + "\n", ErrFirstLine},
		{"wrong end-line", head + "-------abce$\n", ErrEndLine},
		{"longer end-line", head + "-------abcde$\n", ErrEndLine},
		{"wrong flag", head + "-------abcdx\n", ErrEndLine},
		{"wrong flag behind a body", head + "Content-Type: a/b\n\nx\n-------abcd!\n", ErrEndLine},
		{"no line end behind the flag", head + "Content-Type: a/b\n\nx\n-------abcd$ \n", ErrEndLine},
		{"no To-Path", "MSRP abcd SEND\nFrom-Path: msrp://a:2/t;tcp\n-------abcd$\n", ErrPath},
		{"no From-Path", "MSRP abcd SEND\nTo-Path: msrp://a:2/t;tcp\n-------abcd$\n", ErrPath},
		{"paths the other way round", "MSRP abcd SEND\nFrom-Path: msrp://a:2/t;tcp\nTo-Path: msrp://a:2/t;tcp\n-------abcd$\n", ErrPath},
		{"no header line", head + "hello\n-------abcd$\n", ErrHeader},
		{"NUL", head + "A: \x00\n-------abcd$\n", ErrHeader},
		{"endless header", head + strings.Repeat("A: b\n", 4000), ErrHeadTooLong},
		{"endless line", head + strings.Repeat("A", 9000), ErrHeadTooLong},
	} {
		c := newCutter(1 << 15)
		f, _, err := c.Cut([]byte(lines(x.text)))
		if f != nil || !errors.Is(err, x.want) {
			t.Errorf("%s: %v, %v", x.name, f, err)
		}
	}
}

func TestCheck(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat("msrp://r:1/s;tcp ", 200), " ")
	for _, x := range []struct {
		name, to, span string
		want           error
	}{
		{"good", "msrp://r:1/s;tcp", "1-5/5", nil},
		{"200 hops", many, "1-5/5", ErrTooLarge},
		{"no URI", "sip:r", "1-5/5", ErrBadURI},
		{"port", "msrp://r:99999/s;tcp", "1-5/5", ErrBadURI},
		{"backwards", "msrp://r:1/s;tcp", "5-1/5", ErrBadRange},
		{"negative", "msrp://r:1/s;tcp", "-5-1/5", ErrBadRange},
		{"past the total", "msrp://r:1/s;tcp", "1-6/5", ErrBadRange},
		{"from nothing", "msrp://r:1/s;tcp", "0-6/7", ErrBadRange},
		{"huge", "msrp://r:1/s;tcp", "1-99999999999999999999/*", ErrBadRange},
	} {
		f, err := Parse(lines("MSRP abcd SEND\nTo-Path: " + x.to + "\nFrom-Path: msrp://a:2/t;tcp\nByte-Range: " + x.span + "\n-------abcd$\n"))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Check(&Limits{MaxHops: 32}); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
}

// FuzzParse: what can be parsed is written so that parsing gives an equal frame, and it makes
// no difference how the bytes arrive.
func FuzzParse(f *testing.F) {
	for _, text := range examples(f) {
		f.Add([]byte(text), 7)
	}
	f.Add([]byte(lines(head+"Content-Type: a/b\n\n-------abcd$\n")), 1)
	f.Fuzz(func(t *testing.T, b []byte, step int) {
		whole := newCutter(1 << 15)
		frame, size, err := whole.Cut(b)
		if err != nil || frame == nil || frame.Flag == More {
			return
		}
		written := frame.Append(nil)
		again, err := Parse(string(written))
		if err != nil {
			t.Fatalf("%q: %v", written, err)
		}
		if !bytes.Equal(again.Append(nil), written) || again.ID != frame.ID || again.Method != frame.Method || again.Code != frame.Code ||
			again.Head != frame.Head || again.Body != frame.Body || again.Flag != frame.Flag || again.To != frame.To || again.From != frame.From {
			t.Fatalf("%q became %q", b, written)
		}
		slow, n := newCutter(1<<15), 0
		for got := (*Frame)(nil); got == nil; {
			n = min(size, n+1+max(0, step)%97)
			if got, _, err = slow.Cut(b[:n]); err != nil || got == nil && n == size {
				t.Fatalf("%d of %d bytes: %v", n, size, err)
			}
			if got != nil && got.Raw != frame.Raw {
				t.Fatalf("%q, want %q", got.Raw, frame.Raw)
			}
		}
	})
}

func BenchmarkCut(b *testing.B) {
	text := []byte(examples(b)["4976-send-two-relays.msrp"])
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		c := newCutter(1 << 15)
		if f, _, err := c.Cut(text); f == nil || err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzURI: what is read of a URI are parts of it.
func FuzzURI(f *testing.F) {
	for _, uri := range []string{"msrp://alice@atlanta.example:7654/jshA7weztas;tcp", "msrps://[2001:db8::1]:2855/abc;tcp;x=y", "msrp://h", "msrp:///;"} {
		f.Add(uri)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseURI(s)
		if err != nil {
			return
		}
		for _, part := range []string{u.Scheme, u.UserInfo, u.User, u.Host, u.Port, u.Session, u.Proto, u.Params} {
			if !strings.Contains(s, part) {
				t.Errorf("%q is no part of %q", part, s)
			}
		}
		if u.Host == "" || u.PortNumber() == 0 {
			t.Errorf("%q gave %+v", s, u)
		}
	})
}

// FuzzByteRange: a range that is read and written is read as the same.
func FuzzByteRange(f *testing.F) {
	for _, s := range []string{"1-5/5", "1-*/*", "1-0/0", "9-*/100", "-1-5/5", "*-5/5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseByteRange(s)
		if err != nil {
			return
		}
		if again, err := ParseByteRange(string(r.Append(nil))); err != nil || again != r {
			t.Errorf("%q gave %+v and then %+v, %v", s, r, again, err)
		}
	})
}
