package rpc

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

// hexPacket reads spaced hexadecimal digits, with text in quotes.
func hexPacket(t testing.TB, s string) []byte {
	t.Helper()
	var out []byte
	for i, part := range strings.Split(s, "'") {
		if i%2 == 1 {
			out = append(out, part...)
			continue
		}
		b, err := hex.DecodeString(strings.ReplaceAll(part, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b...)
	}
	return out
}

// packets are requests and replies as kamcmd and Kamailio exchange them.
var packets = []struct{ name, request, reply string }{
	{"echo", "a1 03 17 5c609c6b 91 0a 'core.echo' 00 21 'a' 00 10 01 22 09c4 21 '-' 00",
		"a1 13 06 5c609c6b 21 'a' 00 21 '1' 00"},
	{"short cookie", "a1 00 0f 07 91 0a 'core.echo' 00 21 'a' 00", "a1 10 03 07 21 'a' 00"},
	{"no such command", "a1 03 08 02fe303b 71 'nosuch' 00",
		"a1 33 1e 02fe303b 20 01f4 91 19 'command nosuch not found' 00"},
	{"integers", "a1 03 28 01020304 91 0c 'core.printi' 00 40 fffffffd 10 7f 10 80 20 0100 20 ffff 40 7fffffff 10 ff 00 90 02 0007",
		"a1 13 19 01020304 40 fffffffd 10 7f 10 80 20 0100 20 ffff 40 7fffffff 10 ff 00 10 07"},
	{"struct", "a1 03 0e 6fba5cc3 91 0c 'core.uptime' 00",
		"a1 13 52 6fba5cc3 03 45 'now' 00 91 19 'Sun Nov 22 13:49:14 2026' 00 95 09 'up_since' 00 91 19 'Sun Nov 22 13:49:12 2026' 00 75 'uptime' 00 10 02 83"},
	{"list in a struct", "a1 03 11 01020304 91 0c 'htable.dump' 00 21 'a' 00",
		"a1 13 3b 01020304 03 65 'entry' 00 10 06 55 'size' 00 10 01 55 'slot' 00 03 03 55 'name' 00 21 'k' 00 65 'value' 00 21 'v' 00 55 'type' 00 41 'str' 00 83 83 83"},
	{"nothing", "a1 03 0b 01020304 91 09 'cfg.diff' 00", "a1 13 00 01020304"},
	{"empty string", "a1 03 0e 01020304 91 0a 'core.echo' 00 11 00", "a1 13 02 01020304 11 00"},
	{"no zero at the end", "a1 03 11 01020304 91 0a 'core.echo' 00 21 'ab' 21 'x' 00",
		"a1 13 07 01020304 31 'ab' 00 21 'x' 00"},
	{"text after a zero", "a1 03 12 01020304 91 0a 'core.echo' 00 51 'a' 00 'bc' 00",
		"a1 13 03 01020304 21 'a' 00"},
}

func TestBinaryPackets(t *testing.T) {
	h := &BinaryHandler{Registry: shapes(t)}
	for _, c := range packets {
		request := hexPacket(t, c.request)
		request[2] = byte(len(request) - minHeader - 1 - int(request[1]&3) - 1) // the table need not count
		reply, err := h.HandlePacket(context.Background(), request)
		if want := hexPacket(t, c.reply); err != nil || !bytes.Equal(reply, want) {
			t.Errorf("%s: %v\n got % x\nwant % x", c.name, err, reply, want)
		}
	}
}

func TestBinaryGarbage(t *testing.T) {
	h := &BinaryHandler{Registry: shapes(t)}
	corrupted := "a1 30 23 00 20 0190 91 1e 'bad request: corrupted packet' 00"
	withCookie := "a1 33 23 01020304 20 0190 91 1e 'bad request: corrupted packet' 00"
	for _, c := range []struct{ name, packet, reply string }{
		{"text", "'hello world'", corrupted},
		{"version 2", "a2 03 00 01020304", corrupted},
		{"a reply", "a1 13 00 01020304", withCookie},
		{"cut off body", "a1 03 20 01020304 21 'a' 00", withCookie},
		{"cut off string", "a1 03 02 01020304 71 'a'", withCookie},
		{"endless string", "a1 03 06 01020304 f1 ffffffff ff", withCookie},
		{"unknown kind", "a1 03 02 01020304 17 'a'", withCookie},
		{"a name outside of structs", "a1 03 05 01020304 25 'a' 00 10 01", withCookie},
		{"open struct", "a1 03 01 01020304 03", withCookie},
		{"end without a start", "a1 03 01 01020304 83", withCookie},
		{"cut off header", "a1 03 02", ""},
		{"one byte", "a1", ""},
		{"nothing", "", ""},
	} {
		reply, err := h.HandlePacket(context.Background(), hexPacket(t, c.packet))
		if want := hexPacket(t, c.reply); !errors.Is(err, ErrMalformed) || !bytes.Equal(reply, want) {
			t.Errorf("%s: %v\n got % x\nwant % x", c.name, err, reply, want)
		}
	}
	deep := bytes.Repeat([]byte{recStruct}, 5000)
	if _, err := h.HandlePacket(context.Background(), packet(binRequest, 1, deep)); !errors.Is(err, ErrMalformed) {
		t.Errorf("deep nesting: %v", err)
	}
}

func TestBinaryMethodMissing(t *testing.T) {
	h := &BinaryHandler{Registry: shapes(t)}
	for body, want := range map[string]string{
		"":      "bad request method: end of packet encountered",
		"10 05": "bad request method: record doesn't match type",
	} {
		reply, err := h.HandlePacket(context.Background(), packet(binRequest, 1, hexPacket(t, body)))
		if err != nil || !bytes.Contains(reply, []byte(want)) {
			t.Errorf("%q: %q, %v", body, reply, err)
		}
	}
}

func TestRecordsRoundTrip(t *testing.T) {
	nested := (&Struct{}).Add("a", 1).Add("list", (&Struct{}).Add("", "x").Add("y", 1.5))
	for _, v := range []Value{
		int64(0), int64(1), int64(255), int64(256), int64(math.MaxInt32), int64(-1), int64(math.MinInt32),
		"", "a", "1234567", "12345678", strings.Repeat("x", 70000), 0.5, 2.25, 1000.0, nested,
	} {
		r := binReader{appendRecord(nil, v)}
		got, err := r.values()
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], v) {
			t.Errorf("%v came back as %v, %v", v, got, err)
		}
	}
}

// Numbers that clients would show wrong go as text.
func TestNumbersAsText(t *testing.T) {
	for _, c := range []struct{ in, want Value }{
		{int64(1) << 40, "1099511627776"},
		{int64(math.MinInt64), "-9223372036854775808"},
		{int64(math.MaxUint32), int64(-1)},
		{1e12, "1000000000000.000000"},
		{-2.5, "-2.500000"},
		{math.Inf(1), "+Inf"},
	} {
		r := binReader{appendRecord(nil, c.in)}
		got, err := r.values()
		if err != nil || got[0] != c.want {
			t.Errorf("%v came back as %v, %v; want %v", c.in, got, err, c.want)
		}
	}
}

// FuzzBinrpc: any packet has a reply that can be read, or none; and what was read from
// records is read again after it was written.
func FuzzBinrpc(f *testing.F) {
	for _, c := range packets {
		f.Add(hexPacket(f, c.request))
		f.Add(hexPacket(f, c.reply))
	}
	h := &BinaryHandler{Registry: shapes(f)}
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.Contains(data, []byte("test.")) {
			return // these wait or take memory on purpose
		}
		reply, err := h.HandlePacket(context.Background(), data)
		if err == nil {
			size, _ := headerSize(reply)
			if _, err := binReplyOf(parseHeader(reply), reply[size:]); err != nil {
				t.Errorf("the reply % x to % x: %v", reply, data, err)
			}
		}
		checkRewrite(t, data)
	})
}

func checkRewrite(t *testing.T, data []byte) {
	r := binReader{data}
	values, err := r.values()
	if err != nil {
		return
	}
	var again []byte
	for _, v := range values {
		again = appendRecord(again, v)
	}
	r = binReader{again}
	if back, err := r.values(); err != nil || len(back) != len(values) {
		t.Errorf("% x became % x: %v", data, again, err)
	}
}

func BenchmarkBinary(b *testing.B) {
	h := &BinaryHandler{Registry: shapes(b)}
	request := packet(binRequest, 1, appendString(nil, recString, "ul.dump"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.HandlePacket(context.Background(), request); err != nil {
			b.Fatal(err)
		}
	}
}
