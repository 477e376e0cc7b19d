package db

import (
	"context"
	"database/sql/driver"
	"errors"
)

// session is one connection with its prepared statements, used by one goroutine. It calls
// the driver itself: a pool's bookkeeping and a context's watcher would cost each write more
// than its share of the commit. The connection's own timeouts bound the calls.
type session struct {
	conn   driver.Conn
	kept   map[string]driver.Stmt
	dialed slowTeller // nil: the kind of connection has no such thing
}

// slowTeller is a connection that waits a little for an answer, and tells when that was not enough.
type slowTeller interface {
	// onSlow has f called, once, before a read waits for longer; nil: nobody asks.
	onSlow(f func())
}

// dialedKey is where a context has the place for the connection that is dialed: the driver does not show it.
type dialedKey struct{}

// maxKept is how many prepared statements a connection keeps.
const maxKept = 256

func newSession(ctx context.Context, c driver.Connector) (*session, error) {
	s := &session{kept: map[string]driver.Stmt{}}
	conn, err := c.Connect(context.WithValue(ctx, dialedKey{}, &s.dialed))
	if err != nil {
		return nil, err
	}
	s.conn = conn
	return s, nil
}

// check gives driver.ErrBadConn if the server has closed the connection meanwhile: so it is
// known before anything is sent.
func (s *session) check() error {
	if r, ok := s.conn.(driver.SessionResetter); ok {
		return r.ResetSession(context.Background())
	}
	return nil
}

// ping asks the server whether it is there.
func (s *session) ping() error {
	if p, ok := s.conn.(driver.Pinger); ok {
		return p.Ping(context.Background())
	}
	return nil
}

// exec does one statement and tells how many rows it touched. A text without arguments is
// not prepared: such texts may differ each time.
func (s *session) exec(text []byte, args []driver.NamedValue) (int64, error) {
	if len(args) == 0 {
		return s.direct(string(text))
	}
	p, err := s.prepare(text)
	if err != nil {
		return 0, err
	}
	return count(p.(driver.StmtExecContext).ExecContext(context.Background(), args)) // both drivers' statements have it
}

func (s *session) direct(text string) (int64, error) {
	return count(s.conn.(driver.ExecerContext).ExecContext(context.Background(), text, nil)) // both drivers' connections have it
}

func (s *session) prepare(text []byte) (driver.Stmt, error) {
	if p := s.kept[string(text)]; p != nil {
		return p, nil
	}
	if len(s.kept) >= maxKept {
		s.forget()
	}
	p, err := s.conn.Prepare(string(text))
	if err == nil {
		s.kept[string(text)] = p
	}
	return p, err
}

func (s *session) forget() {
	for _, p := range s.kept {
		_ = p.Close() // it is not used again
	}
	clear(s.kept)
}

// close ends the connection. A half-done transaction ends with it.
func (s *session) close() {
	s.forget()
	_ = s.conn.Close() // nothing is expected of it any more
}

func count(r driver.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	if errors.Is(err, driver.ErrSkip) {
		return 0, nil
	}
	return n, err
}
