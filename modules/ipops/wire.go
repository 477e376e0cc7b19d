package ipops

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"strings"
)

// The record types that the module asks for (RFC 1035, RFC 2782, RFC 3403).
const (
	typeA     = 1
	typeSRV   = 33
	typeNAPTR = 35
)

// record is one answer. Which fields count depends on the type.
type record struct {
	addr                       netip.Addr
	first, second, port        uint16 // SRV: priority and weight; NAPTR: order and preference
	target                     string // without the final dot
	flags, services, expansion string // NAPTR
}

// Errors of the DNS.
var (
	errName     = errors.New("ipops: not a name for the DNS")
	errAnswer   = errors.New("ipops: bad answer from the DNS")
	errNoRecord = errors.New("ipops: no such name")
)

const (
	headerSize = 12
	classIN    = 1
	nameError  = 3 // response code of a name that does not exist
)

// appendQuestion writes a query that wants recursion.
func appendQuestion(b []byte, id uint16, name string, kind uint16) ([]byte, error) {
	b = binary.BigEndian.AppendUint16(b, id)
	b = append(b, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	name = strings.TrimSuffix(name, ".")
	if name == "" || len(name) > 253 {
		return nil, errName
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return nil, errName
		}
		b = append(append(b, byte(len(label))), label...)
	}
	b = append(b, 0)
	b = binary.BigEndian.AppendUint16(b, kind)
	return binary.BigEndian.AppendUint16(b, classIN), nil
}

// answer reads the records that a question asked for. A message that does not repeat the question answers another one.
func answer(msg, question []byte) (list []record, truncated bool, err error) {
	n := len(question)
	if len(msg) < n || msg[2]&0x80 == 0 || !bytes.Equal(msg[:2], question[:2]) || !bytes.EqualFold(msg[headerSize:n], question[headerSize:]) {
		return nil, false, errAnswer
	}
	truncated = msg[2]&0x02 != 0
	switch code := msg[3] & 0x0f; {
	case code == nameError:
		return nil, false, errNoRecord
	case code != 0:
		return nil, false, errAnswer
	}
	kind := binary.BigEndian.Uint16(question[n-4:])
	r := reader{msg: msg, at: n}
	for left := binary.BigEndian.Uint16(msg[6:]); left > 0 && !r.bad; left-- {
		if x, ok := r.record(kind); ok {
			list = append(list, x)
		}
	}
	if r.bad && !truncated {
		return nil, false, errAnswer
	}
	return list, truncated, nil
}

// reader goes over a message. Once something is bad, all that follows reads as empty.
type reader struct {
	msg []byte
	at  int
	bad bool
}

func (r *reader) take(n int) []byte {
	if r.bad || r.at+n > len(r.msg) {
		r.bad = true
		return make([]byte, min(n, 4))
	}
	r.at += n
	return r.msg[r.at-n : r.at]
}

func (r *reader) number() uint16 { return binary.BigEndian.Uint16(r.take(2)) }

// text reads a character string.
func (r *reader) text() string { return string(r.take(int(r.take(1)[0]))) }

// maxJumps bounds the compression pointers of one name.
const maxJumps = 10

// name reads a name, which may go on elsewhere in the message (RFC 1035 4.1.4).
func (r *reader) name() string {
	var b strings.Builder
	back, jumps := -1, 0
	for !r.bad && b.Len() < 256 {
		n := int(r.take(1)[0])
		switch {
		case n == 0:
			if back >= 0 {
				r.at = back
			}
			return b.String()
		case n >= 0xc0:
			low := int(r.take(1)[0])
			if back < 0 {
				back = r.at
			}
			if jumps++; jumps > maxJumps {
				r.bad = true
				break
			}
			r.at = (n&0x3f)<<8 | low
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.Write(r.take(n))
		}
	}
	r.bad = true
	return ""
}

// record reads one record; ok is false for one of another type.
func (r *reader) record(kind uint16) (x record, ok bool) {
	r.name()
	got, class := r.number(), r.number()
	r.take(4)
	size := int(r.number())
	end := r.at + size
	if r.bad || end > len(r.msg) {
		r.bad = true
		return x, false
	}
	if got == kind && class == classIN {
		x, ok = r.data(kind, size)
	}
	r.at = end
	return x, ok && !r.bad
}

func (r *reader) data(kind uint16, size int) (x record, ok bool) {
	switch kind {
	case typeA:
		x.addr, ok = netip.AddrFromSlice(r.take(size))
	case typeSRV:
		x.first, x.second, x.port = r.number(), r.number(), r.number()
		x.target, ok = r.name(), true
	case typeNAPTR:
		x.first, x.second = r.number(), r.number()
		x.flags, x.services, x.expansion = r.text(), r.text(), r.text()
		x.target, ok = r.name(), true
	}
	return x, ok
}
