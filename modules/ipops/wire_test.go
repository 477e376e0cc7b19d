package ipops

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"testing"
)

func question(t testing.TB, kind uint16) []byte {
	q, err := appendQuestion(nil, 7, "x.test.", kind)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// reply is an answer to question with records appended: the name of each is a pointer to the question's.
func reply(t testing.TB, kind uint16, count byte, records ...[]byte) []byte {
	msg := question(t, kind)
	msg[2], msg[3], msg[7] = 0x81, 0x80, count
	return append(msg, bytes.Join(records, nil)...)
}

func rr(kind byte, data string) []byte {
	return append([]byte{0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60, 0, byte(len(data))}, data...)
}

func TestAnswer(t *testing.T) {
	for _, x := range []struct {
		kind uint16
		msg  []byte
		want record
	}{
		{typeA, reply(t, typeA, 2, rr(5, "\x01c\x00"), rr(typeA, "\xc0\x00\x02\x01")), record{addr: netip.MustParseAddr("192.0.2.1")}},
		{typeSRV, reply(t, typeSRV, 1, rr(typeSRV, "\x00\x01\x00\x02\x13\xc4\x01a\xc0\x0c")), record{first: 1, second: 2, port: 5060, target: "a.x.test"}},
		{typeNAPTR, reply(t, typeNAPTR, 1, rr(typeNAPTR, "\x00\x01\x00\x02\x01u\x03E2U\x05!a!b!\x00")),
			record{first: 1, second: 2, flags: "u", services: "E2U", expansion: "!a!b!"}},
	} {
		list, truncated, err := answer(x.msg, question(t, x.kind))
		if err != nil || truncated || len(list) != 1 || list[0] != x.want {
			t.Errorf("type %d: got %+v, %v", x.kind, list, err)
		}
	}
}

func TestAnswerRefuses(t *testing.T) {
	good := reply(t, typeA, 1, rr(typeA, "\xc0\x00\x02\x01"))
	missing := bytes.Clone(good)
	missing[3] |= 3
	loop := reply(t, typeSRV, 1, rr(typeSRV, "\x00\x01\x00\x02\x13\xc4\xc0\x2a"))
	for name, x := range map[string]struct {
		msg  []byte
		kind uint16
		err  error
	}{
		"short":      {good[:5], typeA, errAnswer},
		"cut":        {good[:len(good)-2], typeA, errAnswer},
		"no name":    {missing, typeA, errNoRecord},
		"endless":    {loop, typeSRV, errAnswer},
		"a question": {good[:12:12], typeA, errAnswer},
	} {
		if list, _, err := answer(x.msg, question(t, x.kind)); !errors.Is(err, x.err) {
			t.Errorf("%s: got %+v, %v", name, list, err)
		}
	}
	for _, at := range []int{1, headerSize + 1, headerSize + 9} {
		another := question(t, typeA)
		another[at]++
		if _, _, err := answer(good, another); !errors.Is(err, errAnswer) {
			t.Errorf("another question, byte %d: got %v", at, err)
		}
	}
}

func TestQuestionRefuses(t *testing.T) {
	for _, name := range []string{"", ".", "a..b", strings.Repeat("a", 64), strings.Repeat("a.", 150)} {
		if _, err := appendQuestion(nil, 1, name, typeA); !errors.Is(err, errName) {
			t.Errorf("%.10q: got %v", name, err)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(reply(f, typeSRV, 1, rr(typeSRV, "\x00\x01\x00\x02\x13\xc4\x01a\xc0\x0c")))
	f.Add(reply(f, typeNAPTR, 1, rr(typeNAPTR, "\x00\x01\x00\x02\x01u\x03E2U\x05!a!b!\x00")))
	f.Fuzz(func(t *testing.T, msg []byte) {
		for _, kind := range []uint16{typeA, typeSRV, typeNAPTR} {
			if list, _, err := answer(msg, question(t, kind)); err != nil && list != nil {
				t.Fatal("records with an error")
			}
		}
	})
}
