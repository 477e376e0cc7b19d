package transport

import (
	"bytes"
	"io"
	"sync"
)

const (
	firstBuffer = 4 << 10  // what a connection's buffer starts with
	keepBuffer  = 16 << 10 // a larger one is given back once it is empty
)

// Frame is one unit of a stream.
type Frame struct {
	Kind  Kind
	Data  string // the message; empty for a Ping
	Pings int    // how many pings came in a row
}

// Framer cuts a stream of bytes into messages by the end of the header and Content-Length
// (RFC 3261 18.3). Lines end in CRLF or LF. It belongs to one goroutine at a time.
//
// Its buffer grows with what arrived, never with what a header announces.
type Framer struct {
	MaxHeader  int  // bytes up to and with the empty line
	MaxBody    int  // bytes of the body
	AcceptNoCL bool // a message without Content-Length has no body
	AcceptMSRP bool // a frame of MSRP is told of and left to be taken off by its own rules

	spare      *sync.Pool // of *[firstBuffer]byte, for Lend; nil: there is none
	buf        []byte
	start, end int // buf[start:end] is not framed yet

	crlf    int // how many bytes of CRLFCRLF have just been skipped before a message
	scanned int // bytes of the message in which no header end starts
	kind    Kind
	known   bool // the first line has been seen and gave kind
	head    int  // length of the header; 0 while its end is not found
	body    int
}

// Fill reads once from r, after Next asked for more.
func (f *Framer) Fill(r io.Reader) error {
	f.makeRoom()
	n, err := r.Read(f.buf[f.end:])
	f.end += n
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// Lend gives the buffer to others while there is nothing in it.
func (f *Framer) Lend() {
	if f.start == f.end && len(f.buf) == firstBuffer && f.spare != nil {
		f.spare.Put((*[firstBuffer]byte)(f.buf))
		f.buf, f.start, f.end = nil, 0, 0
	}
}

// Pending tells that a message has begun and is not complete.
func (f *Framer) Pending() bool { return f.end > f.start }

// Bytes are those that have arrived and are not taken off. They are good until the next Fill.
func (f *Framer) Bytes() []byte { return f.buf[f.start:f.end] }

// Discard takes n of Bytes off.
func (f *Framer) Discard(n int) { f.start += n }

// Next is the next frame. It is false if more bytes are needed first. After an error the
// stream cannot be framed any more. A frame of MSRP is still in the buffer: the caller takes
// it off with Bytes and Discard.
func (f *Framer) Next() (Frame, bool, error) {
	if pings := f.skipBlank(); pings > 0 {
		return Frame{Kind: Ping, Pings: pings}, true, nil
	}
	if f.head == 0 {
		if err := f.findHead(); err != nil {
			return Frame{}, false, err
		}
	}
	if f.known && f.kind == MSRP {
		f.scanned, f.known = 0, false
		return Frame{Kind: MSRP}, true, nil
	}
	if f.head == 0 || f.end-f.start < f.head+f.body {
		return Frame{}, false, nil
	}
	return f.take(), true, nil
}

// take cuts the complete message off.
func (f *Framer) take() Frame {
	size := f.head + f.body
	frame := Frame{Kind: f.kind, Data: string(f.buf[f.start : f.start+size])}
	f.start += size
	f.scanned, f.head, f.body, f.known = 0, 0, 0, false
	return frame
}

// skipBlank passes over what may stand before a message and counts the pings in it. Like the
// incumbent it skips blanks and NULs as well as line ends.
func (f *Framer) skipBlank() (pings int) {
	if f.scanned > 0 || f.head > 0 {
		return 0
	}
	for ; f.start < f.end && isBlank(f.buf[f.start]); f.start++ {
		switch c := f.buf[f.start]; {
		case c == "\r\n\r\n"[f.crlf]:
			f.crlf++
		case c == '\r':
			f.crlf = 1
		default:
			f.crlf = 0
		}
		if f.crlf == 4 {
			pings++
			f.crlf = 0
		}
	}
	if f.start < f.end {
		f.crlf = 0
	}
	return pings
}

func isBlank(c byte) bool {
	return c == '\r' || c == '\n' || c == ' ' || c == '\t' || c == 0
}

// findHead looks for the empty line that ends the header, from where it stopped last time.
func (f *Framer) findHead() error {
	window := f.buf[f.start:min(f.end, f.start+f.MaxHeader)]
	if len(window) == 0 {
		return nil
	}
	if window[0] == tlsHandshake {
		return ErrTLSHello
	}
	if !isTokenByte(window[0]) {
		return ErrGarbage
	}
	for {
		at := bytes.IndexByte(window[f.scanned:], '\n')
		if at < 0 {
			f.scanned = len(window)
			break
		}
		at += f.scanned
		if err := f.firstLine(window[:at]); err != nil {
			return err
		}
		if f.kind == MSRP {
			return nil
		}
		end, more := lineIsEmpty(window[at+1:])
		if end > 0 {
			return f.headFound(window[:at+1+end])
		}
		if more { // look at this line end again with the next bytes
			f.scanned = at
			break
		}
		f.scanned = at + 1
	}
	if len(window) == f.MaxHeader {
		return ErrHeaderTooLong
	}
	return nil
}

// lineIsEmpty gives the length of an empty line's end; more says that it cannot tell yet.
func lineIsEmpty(b []byte) (length int, more bool) {
	switch {
	case len(b) == 0:
		return 0, true
	case b[0] == '\n':
		return 1, false
	case b[0] != '\r':
		return 0, false
	case len(b) == 1:
		return 0, true
	case b[1] == '\n':
		return 2, false
	}
	return 0, false
}

// firstLine learns the kind as soon as the first line is there, so that garbage is not waited out.
func (f *Framer) firstLine(line []byte) (err error) {
	if f.known {
		return nil
	}
	f.known = true
	f.kind, err = kindOf(line)
	if err == nil && f.kind == MSRP && !f.AcceptMSRP {
		err = ErrNotSpoken
	}
	return err
}

func (f *Framer) headFound(head []byte) error {
	length, found, err := contentLength(head, f.MaxBody)
	if err != nil {
		return err
	}
	switch {
	case f.kind == HTTP && isEncoded(head):
		return ErrEncoded
	case !found && !f.AcceptNoCL && f.kind != HTTP:
		return ErrNoLength
	}
	f.head, f.body = len(head), length
	return nil
}

// makeRoom makes sure that at least one byte can be read.
func (f *Framer) makeRoom() {
	if f.start == f.end {
		f.start, f.end = 0, 0
		if len(f.buf) > keepBuffer {
			f.buf = nil
		}
	}
	if f.end < len(f.buf) {
		return
	}
	to := f.buf
	switch {
	case len(f.buf) == 0:
		to = f.first()
	case f.start == 0:
		to = make([]byte, 2*len(f.buf))
	}
	f.end = copy(to, f.buf[f.start:f.end])
	f.start, f.buf = 0, to
}

// first is the buffer that a connection starts with.
func (f *Framer) first() []byte {
	if f.spare != nil {
		if b, ok := f.spare.Get().(*[firstBuffer]byte); ok {
			return b[:]
		}
	}
	return make([]byte, firstBuffer)
}
