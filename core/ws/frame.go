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
	h.Length, n = int64(b[1]&length), 2
	if h.Length >= 126 && !h.OpCode.IsControl() { // one of these is wrong already (RFC 6455 5.5)
		if h.Length, n = longLength(b, h.Length); n == 0 {
			return h, 0
		}
	}
	if h.Masked {
		if len(b) < n+4 {
			return h, 0
		}
		n += copy(h.Mask[:], b[n:n+4])
	}
	return h, n
}

// longLength reads a length of two or eight bytes, and where they end; n is 0 if they are not all there. A length that
// would have fitted into fewer bytes is -1 (RFC 6455 5.2).
func longLength(b []byte, kind int64) (length int64, n int) {
	size, least := 2, int64(126)
	if kind == 127 {
		size, least = 8, 1<<16
	}
	if len(b) < 2+size {
		return 0, 0
	}
	for _, x := range b[2 : 2+size] {
		length = length<<8 | int64(x)
	}
	if length < least {
		return -1, 2 + size
	}
	return length, 2 + size
}
