package transport

import (
	"bytes"
	"errors"
	"io"
	"time"

	"github.com/moonroute/moonroute/core/ws"
)

// next is the next frame of the connection, whatever it speaks by now.
func (c *conn) next() (Frame, bool, error) {
	w := c.ws.Load()
	if w == nil {
		frame, ok, err := c.framer.Next()
		if ok && c.local.Proto.WebSocket() && frame.Kind != HTTP && frame.Kind != Ping {
			err = ErrNotUpgraded
		}
		return frame, ok, err
	}
	if w.MSRP {
		if w.inner == nil {
			w.attach(c)
		}
		return c.framer.Next()
	}
	message, ok, err := w.message(c, &c.framer)
	if err != nil || !ok {
		return Frame{}, false, err
	}
	return sipFrame(message)
}

// sipFrame is one message of SIP. It needs no Content-Length, for it ends where the WebSocket
// message does (RFC 7118 5).
func sipFrame(message []byte) (Frame, bool, error) {
	text := bytes.TrimLeft(message, "\r\n\t \x00")
	if len(text) == 0 {
		return Frame{Kind: Ping, Pings: bytes.Count(message, []byte("\r\n\r\n"))}, true, nil
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if kind, err := kindOf(line); err != nil || kind != SIP {
		return Frame{}, false, ErrGarbage
	}
	return Frame{Kind: SIP, Data: string(text)}, true, nil
}

// message is the next message whose frames are all in the buffer. Control frames are answered here.
func (w *webSocket) message(c *conn, buf *Framer) ([]byte, bool, error) {
	for {
		if w.ended {
			buf.Discard(len(buf.Bytes()))
			return nil, false, nil
		}
		f, n, whole, err := w.read.Next(buf.Bytes())
		if err != nil {
			w.fail(c, err)
			return nil, false, err
		}
		if n == 0 {
			return nil, false, nil
		}
		buf.Discard(n)
		c.begun = time.Time{}
		if !whole {
			continue
		}
		if w.Events != nil {
			w.Events.Frame(c.id, f.Op, true)
		}
		if f.Op == ws.Text || f.Op == ws.Binary {
			return f.Payload, true, nil
		}
		w.control(c, f)
	}
}

// control answers a Ping and a Close (RFC 6455 5.5).
func (w *webSocket) control(c *conn, f ws.Frame) {
	switch f.Op {
	case ws.Ping:
		_ = c.send(f.Payload, SendOptions{op: ws.Pong}) // if it cannot be sent, the connection is closed
	case ws.Close:
		w.ended = true
		if !w.closing.CompareAndSwap(0, time.Now().UnixNano()) {
			c.close(errAsked) // this server's Close has been answered
			return
		}
		code, _, err := ws.ParseClose(f.Payload)
		if code == 0 {
			code = ws.NormalClosure
		}
		if err != nil {
			code = ws.ProtocolError
		}
		_ = c.send(ws.CloseBody(code, ""), SendOptions{op: ws.Close, Close: true})
	}
}

// fail tells the peer what it did wrong.
func (w *webSocket) fail(c *conn, err error) {
	e, ok := errors.AsType[*ws.Error](err)
	if !ok || !w.closing.CompareAndSwap(0, time.Now().UnixNano()) {
		return
	}
	w.local.Store(true)
	_ = c.send(ws.CloseBody(e.Code, e.Reason), SendOptions{op: ws.Close})
}

// attach has the framer read what the frames carry: MSRP has rules of its own for where a message ends.
func (w *webSocket) attach(c *conn) {
	p := &payloads{w: w, c: c, below: c.in}
	p.raw.buf = bytes.Clone(c.framer.Bytes())
	p.raw.end = len(p.raw.buf)
	c.framer.Discard(p.raw.end)
	w.inner, c.in = p, p
}

// payloads reads the payloads of messages one after the other.
type payloads struct {
	w     *webSocket
	c     *conn
	below io.Reader
	raw   Framer // only its buffer is used
	rest  []byte // of the present message
}

// Read implements io.Reader.
func (p *payloads) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		message, ok, err := p.w.message(p.c, &p.raw)
		if err != nil {
			return 0, err
		}
		if p.rest = message; !ok {
			if err := p.raw.Fill(p.below); err != nil {
				return 0, err
			}
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
