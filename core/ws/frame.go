package ws

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// Op is what a frame carries (RFC 6455 5.2).
type Op = ws.OpCode

// The kinds of frames.
const (
	Continuation = ws.OpContinuation
	Text         = ws.OpText
	Binary       = ws.OpBinary
	Close        = ws.OpClose
	Ping         = ws.OpPing
	Pong         = ws.OpPong
)

// MaxControl is the longest payload of a Close, Ping or Pong.
const MaxControl = ws.MaxControlFramePayloadSize

// AppendFrame appends a whole frame as a server sends it, without a mask.
func AppendFrame(dst []byte, op Op, payload []byte) []byte {
	const fin, long, longer = 0x80, 126, 127
	dst = append(dst, fin|byte(op))
	switch n := len(payload); {
	case n < long:
		dst = append(dst, byte(n))
	case n <= 0xffff:
		dst = binary.BigEndian.AppendUint16(append(dst, long), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, longer), uint64(n))
	}
	return append(dst, payload...)
}

// OpFor is the kind of frame for a message: only UTF-8 may go as text (RFC 6455 5.6).
func OpFor(message []byte) Op {
	if utf8.Valid(message) {
		return Text
	}
	return Binary
}

// readHeader reads the header that a frame begins with; n is its length, 0 if it is not complete.
func readHeader(b []byte) (h ws.Header, n int) {
	const fin, masked, length = 0x80, 0x80, 0x7f
	if len(b) < 2 {
		return h, 0
	}
	h.Fin, h.Rsv, h.OpCode, h.Masked = b[0]&fin != 0, b[0]>>4&7, Op(b[0]&0xf), b[1]&masked != 0
	n = 2
	switch h.Length = int64(b[1] & length); h.Length {
	case 126:
		if n = 4; len(b) < n {
			return h, 0
		}
		h.Length = int64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		if n = 10; len(b) < n {
			return h, 0
		}
		h.Length = int64(binary.BigEndian.Uint64(b[2:]))
	}
	if h.Masked {
		if len(b) < n+4 {
			return h, 0
		}
		n += copy(h.Mask[:], b[n:n+4])
	}
	return h, n
}
