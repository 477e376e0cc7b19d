package transport

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// tlsHandshake is the first byte of a TLS connection: the type of its first record (RFC 8446 5.1).
const tlsHandshake = 0x16

// secure is the step of TLS: the handshake.
func (c *conn) secure(w *wire) error {
	terms, err := c.terms()
	if err != nil {
		c.set.Stats.HandshakeErrors.Add(1)
		return err
	}
	under := &tlsSocket{Conn: w.nc, in: w.in, spare: &c.set.buffers}
	tc := tls.Server(under, terms.Config)
	if !c.accepted {
		tc = tls.Client(under, terms.Config)
	}
	if err := c.shake(tc, under); err != nil {
		return c.unsecured(err)
	}
	c.set.Stats.Handshakes.Add(1)
	c.secured.Store(&Secured{State: tc.ConnectionState(), Note: terms.Note})
	under.collect()
	w.in, w.seal = tc, &tlsSealer{conn: tc, under: under}
	return nil
}

func (c *conn) terms() (Terms, error) {
	sec := c.set.opt.Security
	switch {
	case sec == nil:
		return Terms{}, ErrNoSecurity
	case c.accepted:
		return sec.Server(c.flow())
	}
	return sec.Client(flow.Flow{Proto: c.proto, Local: c.local, Remote: c.remote, Peer: c.to})
}

// unsecured counts a handshake that failed and says clearly what came if it was no TLS.
func (c *conn) unsecured(err error) error {
	c.set.Stats.HandshakeErrors.Add(1)
	var header tls.RecordHeaderError
	if errors.As(err, &header) && isTokenByte(header.RecordHeader[0]) {
		c.set.Stats.PlainText.Add(1)
		return fmt.Errorf("%w: it began with %q", ErrPlainText, header.RecordHeader[:])
	}
	return fmt.Errorf("transport: TLS handshake: %w", err)
}

// maxAnswers is how much of what the reader answers may wait for the next message: a peer can ask for new keys
// without end (RFC 8446 4.6.3).
const maxAnswers = 4 << 10

var errAnswers = errors.New("transport: the peer of TLS asks for too many new keys")

// tlsSocket is what a tls.Conn has for a socket. During the handshake it is the real one; after that
// its writes are collected for the outbox, so that sealing a message never waits for the peer.
type tlsSocket struct {
	net.Conn
	in    io.Reader
	spare *sync.Pool // of *[]byte
	turn  *turn      // of its handshake, if a peer began that

	mu         sync.Mutex // the reader writes too: its answer to a new key, an alert
	collecting bool
	sealing    atomic.Bool // a message is written, not an answer of the reader
	out        *[]byte     // nil: nothing is collected
}

// Read implements net.Conn.
func (s *tlsSocket) Read(b []byte) (int, error) {
	if s.turn == nil {
		return s.in.Read(b)
	}
	s.turn.give()
	n, err := s.in.Read(b)
	if err != nil {
		return n, err
	}
	return n, s.turn.take()
}

// Write implements net.Conn.
func (s *tlsSocket) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.collecting {
		return s.Conn.Write(b)
	}
	if !s.sealing.Load() && s.out != nil && len(*s.out) > maxAnswers {
		return 0, errAnswers
	}
	if s.out == nil {
		s.out = s.buffer()
	}
	*s.out = append(*s.out, b...)
	return len(b), nil
}

// SetWriteDeadline implements net.Conn. Deadlines are the outbox's business once it writes.
func (s *tlsSocket) SetWriteDeadline(t time.Time) error {
	if s.collecting {
		return nil
	}
	return s.Conn.SetWriteDeadline(t)
}

// SetDeadline implements net.Conn; crypto/tls does not call it.
func (s *tlsSocket) SetDeadline(t time.Time) error { return s.SetReadDeadline(t) }

// collect ends the handshake's way of writing. Only the handshake's goroutine has the connection yet.
func (s *tlsSocket) collect() { s.collecting = true }

// take gives what has been collected; nil if that is nothing.
func (s *tlsSocket) take() *[]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.out
	s.out = nil
	return out
}

func (s *tlsSocket) buffer() *[]byte {
	if b, ok := s.spare.Get().(*[]byte); ok {
		return b
	}
	return new([]byte)
}

// give returns a buffer for the next message of any connection. One that has grown a lot is left to the collector.
func (s *tlsSocket) give(b *[]byte) {
	if b == nil || cap(*b) > keepBuffer {
		return
	}
	*b = (*b)[:0]
	s.spare.Put(b)
}

// tlsSealer encrypts messages in the goroutine of their sender.
type tlsSealer struct {
	conn  *tls.Conn
	under *tlsSocket
	taken *[]byte
}

func (t *tlsSealer) seal(message []byte) ([]byte, error) {
	t.under.sealing.Store(true)
	_, err := t.conn.Write(message)
	t.under.sealing.Store(false)
	if err != nil {
		return nil, err
	}
	if t.taken = t.under.take(); t.taken == nil { // an empty message
		return nil, nil
	}
	return *t.taken, nil
}

func (t *tlsSealer) release() {
	t.under.give(t.taken)
	t.taken = nil
}

// end gives the close_notify alert (RFC 8446 6.1).
func (t *tlsSealer) end() []byte {
	_ = t.conn.CloseWrite() // it fails after an alert, which then ends the connection instead
	if t.taken = t.under.take(); t.taken == nil {
		return nil
	}
	return *t.taken
}
