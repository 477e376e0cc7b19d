package ws

import (
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// What peers do wrong. The words and codes are those of the incumbent where it has them.
var (
	errProtocol = &Error{ProtocolError, "Protocol error"}
	errOpcode   = &Error{PolicyViolated, "Unsupported opcode"}
	errTooBig   = &Error{TooBig, "Message too big"}
	errText     = &Error{BadText, "Text is not UTF-8"}
)

// Frame is what Reader has found: a control frame, or a whole message. Its payload is good until the
// next call.
type Frame struct {
	Op      Op // Text, Binary, Close, Ping or Pong
	Payload []byte
}

// Reader cuts the bytes of a client into messages and control frames. It belongs to one goroutine.
type Reader struct {
	Max int // bytes of a message, all its fragments together

	op        Op     // of the message whose fragments come in
	fragments []byte // those that have come
	open      bool   // more are to come
}

// Next looks at the frame that b begins with, takes its mask off in place, and tells its length: n is 0
// if it is not complete. Ok is false for a fragment: its message goes on. The error is an *Error; nothing
// can be read after it.
func (r *Reader) Next(b []byte) (f Frame, n int, ok bool, err error) {
	h, head := readHeader(b)
	if len(b) >= 2 {
		if err := r.check(&h); err != nil { // what is wrong already is not waited for
			return Frame{}, 0, false, err
		}
	}
	if head == 0 || int64(len(b)-head) < h.Length {
		return Frame{}, 0, false, nil
	}
	n = head + int(h.Length)
	payload := b[head:n]
	ws.Cipher(payload, h.Mask, 0)
	if h.OpCode.IsControl() {
		return Frame{h.OpCode, payload}, n, true, nil
	}
	f, ok, err = r.data(&h, payload)
	return f, n, ok, err
}

// check applies the rules for headers of clients (RFC 6455 5.1 to 5.5) and the bound.
func (r *Reader) check(h *ws.Header) error {
	if h.OpCode.IsReserved() {
		return errOpcode
	}
	state := ws.StateServerSide
	if r.open {
		state = state.Set(ws.StateFragmented)
	}
	if ws.CheckHeader(*h, state) != nil || h.Length < 0 {
		return errProtocol
	}
	if h.OpCode.IsData() && h.Length > int64(r.Max-len(r.fragments)) {
		return errTooBig
	}
	return nil
}

// data takes a frame of a message; ok says that the message is complete.
func (r *Reader) data(h *ws.Header, payload []byte) (f Frame, ok bool, err error) {
	if h.OpCode != Continuation {
		r.op, r.fragments = h.OpCode, r.fragments[:0]
	}
	if h.Fin && h.OpCode != Continuation {
		return r.whole(payload)
	}
	r.fragments = append(r.fragments, payload...)
	if r.open = !h.Fin; r.open {
		return Frame{}, false, nil
	}
	message := r.fragments
	r.fragments = nil // long ones are rare: their room is not kept
	return r.whole(message)
}

func (r *Reader) whole(message []byte) (Frame, bool, error) {
	if r.op == Text && !utf8.Valid(message) {
		return Frame{}, false, errText
	}
	return Frame{r.op, message}, true, nil
}
