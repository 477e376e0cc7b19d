package ws

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// client makes a frame as clients send it, with the library's own writer.
func client(op Op, fin bool, payload string) []byte {
	f := ws.NewFrame(op, fin, []byte(payload))
	return ws.MustCompileFrame(ws.MaskFrameWith(f, [4]byte{1, 2, 3, 4}))
}

func join(frames ...[]byte) []byte { return bytes.Join(frames, nil) }

// rsv sets a reserved bit.
func rsv(frame []byte) []byte { frame[0] |= 0x40; return frame }

const limit = 70_000

var cases = []struct {
	name string
	in   []byte
	want []string // "op payload", or an error
}{
	{"text", client(Text, true, "hello"), []string{"1 hello"}},
	{"empty", client(Text, true, ""), []string{"1 "}},
	{"binary", client(Binary, true, "a\xff"), []string{"2 a\xff"}},
	{"two", join(client(Text, true, "a"), client(Text, true, "b")), []string{"1 a", "1 b"}},
	{"126 bytes", client(Text, true, strings.Repeat("x", 126)), []string{"1 " + strings.Repeat("x", 126)}},
	{"65536 bytes", client(Text, true, strings.Repeat("x", 65536)), []string{"1 " + strings.Repeat("x", 65536)}},
	{"fragments", join(client(Text, false, "a"), client(Continuation, false, "b"), client(Continuation, true, "c")), []string{"1 abc"}},
	{"a character over two fragments", join(client(Text, false, "\xc3"), client(Continuation, true, "\xa9")), []string{"1 é"}},
	{"ping between fragments", join(client(Text, false, "a"), client(Ping, true, "p"), client(Continuation, true, "b")), []string{"9 p", "1 ab"}},
	{"fragments, whole", join(client(Binary, false, "a"), client(Continuation, true, "b"), client(Text, true, "c")), []string{"2 ab", "1 c"}},
	{"pong", client(Pong, true, "x"), []string{"10 x"}},
	{"close", client(Close, true, "\x03\xe8bye"), []string{"8 \x03\xe8bye"}},
	{"no mask", ws.MustCompileFrame(ws.NewTextFrame([]byte("a"))), []string{"Protocol error"}},
	{"reserved bit", rsv(client(Text, true, "a")), []string{"Protocol error"}},
	{"reserved opcode", client(5, true, "a"), []string{"Unsupported opcode"}},
	{"reserved control", client(0xb, true, "a"), []string{"Unsupported opcode"}},
	{"continuation of nothing", client(Continuation, true, "a"), []string{"Protocol error"}},
	{"text inside a message", join(client(Text, false, "a"), client(Text, true, "b")), []string{"Protocol error"}},
	{"control in fragments", client(Ping, false, "a"), []string{"Protocol error"}},
	{"long control", client(Ping, true, strings.Repeat("x", 126)), []string{"Protocol error"}},
	{"text that is not UTF-8", client(Text, true, "a\xff"), []string{"Text is not UTF-8"}},
	{"too big", client(Text, true, strings.Repeat("x", limit+1)), []string{"Message too big"}},
	{"too big in fragments", join(client(Text, false, strings.Repeat("x", limit)), client(Continuation, true, "x")), []string{"Message too big"}},
	{"length of 2^63", []byte{0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, []string{"Protocol error"}},
	{"length of 2^40", []byte{0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4}, []string{"Message too big"}},
}

// TestReader reads each case at once and byte by byte.
func TestReader(t *testing.T) {
	for _, c := range cases {
		for _, step := range []int{len(c.in), 1} {
			if got, want := strings.Join(read(c.in, step), "\n"), strings.Join(c.want, "\n"); got != want {
				t.Errorf("%s in steps of %d: %.80q, want %.80q", c.name, step, got, want)
			}
		}
	}
}

// read feeds bytes in steps and gives what comes out.
func read(in []byte, step int) (got []string) {
	r := Reader{Max: limit}
	var buf []byte
	for len(in) > 0 {
		step = min(step, len(in))
		buf, in = append(buf, in[:step]...), in[step:]
		for len(buf) > 0 {
			f, n, ok, err := r.Next(buf)
			if err != nil {
				return append(got, strings.TrimPrefix(err.Error(), "ws: "))
			}
			if n == 0 {
				break
			}
			if ok {
				got = append(got, opText(f.Op)+" "+string(f.Payload))
			}
			buf = buf[n:]
		}
	}
	return got
}

func opText(op Op) string {
	return map[Op]string{Text: "1", Binary: "2", Close: "8", Ping: "9", Pong: "10"}[op]
}

func TestAppendFrame(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 65535, 65536} {
		payload := bytes.Repeat([]byte("x"), n)
		got := AppendFrame([]byte("before"), OpFor(payload), payload)
		if want := append([]byte("before"), ws.MustCompileFrame(ws.NewTextFrame(payload))...); !bytes.Equal(got, want) {
			t.Errorf("%d bytes: %.30q", n, got)
		}
	}
	if got := AppendFrame(nil, OpFor([]byte("\xff")), []byte("\xff")); got[0] != 0x82 {
		t.Errorf("bytes that are no text go as %x", got[0])
	}
}

// TestHandshake has the example of RFC 6455 1.3.
func TestHandshake(t *testing.T) {
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	if got := Accept(key); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Error(got)
	}
	for key, want := range map[string]bool{key: true, "": false, "x": false, "AAAA": false} {
		if ValidKey(key) != want {
			t.Errorf("%q: %v", key, !want)
		}
	}
}

func TestClose(t *testing.T) {
	for _, c := range []struct {
		in   string
		code int
		text string
		bad  bool
	}{
		{"", 0, "", false},
		{"\x03\xe8", 1000, "", false},
		{"\x03\xe9bye", 1001, "bye", false},
		{"\x0b\xb8", 3000, "", false},
		{"\x03", 0, "", true},
		{"\x03\xed", 0, "", true},     // 1005 does not go over the wire
		{"\x00\x01", 0, "", true},     // not in use
		{"\x03\xe8\xff", 0, "", true}, // no UTF-8
	} {
		code, text, err := ParseClose([]byte(c.in))
		if code != c.code || text != c.text || (err != nil) != c.bad {
			t.Errorf("%q: %d %q %v", c.in, code, text, err)
		}
	}
	if got := string(CloseBody(NormalClosure, "Normal closure")); got != "\x03\xe8Normal closure" {
		t.Errorf("%q", got)
	}
	if got := len(CloseBody(NormalClosure, strings.Repeat("x", 200))); got != 2 {
		t.Errorf("a long reason makes %d bytes", got)
	}
	for _, code := range []int{-1, 0, 999, 1005, 1006, 2000, 5000, 1 << 16} {
		if CloseBody(code, "x") != nil {
			t.Errorf("%d goes over the wire", code)
		}
	}
}

// FuzzReader: the same comes out however the bytes are cut, and what comes out is within the bound.
func FuzzReader(f *testing.F) {
	for _, c := range cases {
		f.Add(c.in, 3)
	}
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		whole, cut := read(bytes.Clone(in), len(in)), read(in, max(1, step))
		if strings.Join(whole, "\n") != strings.Join(cut, "\n") {
			t.Errorf("whole %q, cut %q", whole, cut)
		}
		for _, message := range whole {
			if len(message) > limit+3 {
				t.Errorf("%d bytes", len(message))
			}
		}
	})
}

// FuzzClose: what a Close says can be said again.
func FuzzClose(f *testing.F) {
	f.Add([]byte("\x03\xe8bye"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		code, reason, err := ParseClose(payload)
		if _, known := errors.AsType[*Error](err); err != nil && !known {
			t.Fatal(err)
		}
		if err != nil || code == 0 || len(payload) > MaxControl {
			return
		}
		if again := CloseBody(code, reason); again != nil && !bytes.Equal(again, payload) {
			t.Errorf("%q, again %q", payload, again)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	r := Reader{Max: limit}
	frame := client(Text, true, strings.Repeat("x", 600))
	buf := make([]byte, len(frame))
	b.ReportAllocs()
	for b.Loop() {
		copy(buf, frame)
		if _, n, ok, err := r.Next(buf); n != len(frame) || !ok || err != nil {
			b.Fatal(n, ok, err)
		}
	}
}
