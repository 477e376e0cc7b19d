package libs

import (
	"errors"
	"io"

	glua "github.com/yuin/gopher-lua"
)

// receive is receive([pattern [, prefix]]): "*l", "*a" or a number of bytes. A failure gives nil, the reason and what has come.
func (s *sockets) receive(L *glua.LState) int {
	c, prefix := self[*socket](L), L.OptString(3, "")
	if c.conn == nil {
		return failed(L, "closed")
	}
	want := pattern(L.Get(2))
	if want == nil {
		L.ArgError(2, "invalid receive pattern")
	}
	var got []byte
	var err error
	limit := s.host.MaxText()
	s.host.Wait(L, func() { got, err = c.read(want, limit) })
	s.host.Room(L, len(got)+len(prefix))
	if err == nil {
		L.Push(glua.LString(prefix + string(got)))
		return 1
	}
	n := failed(L, socketReason(err))
	L.Push(glua.LString(prefix + string(got)))
	return n + 1
}

// cut tells how much of what has come is the answer and how much is to be left out behind it; ok=false: more is needed.
type cut func(data []byte, ended bool) (n, skip int, ok bool)

// pattern reads what receive is to wait for; nil: there is no such pattern.
func pattern(v glua.LValue) cut {
	if n, ok := v.(glua.LNumber); ok {
		return func(data []byte, _ bool) (int, int, bool) { return int(n), 0, len(data) >= int(n) && n >= 0 }
	}
	switch {
	case v == glua.LNil, v.String() == "*l", v.String() == "l":
		return line
	case v.String() == "*a", v.String() == "a":
		return func(data []byte, ended bool) (int, int, bool) { return len(data), 0, ended }
	}
	return nil
}

func line(data []byte, _ bool) (n, skip int, ok bool) {
	for i, b := range data {
		if b == '\n' {
			if i > 0 && data[i-1] == '\r' {
				return i - 1, 2, true
			}
			return i, 1, true
		}
	}
	return 0, 0, false
}

// errLong says that more has come than a text may have.
var errLong = errors.New("more has come than a text may have")

// readBytes holds any datagram.
const readBytes = 64 << 10

// read receives until the answer is whole. A datagram is always whole.
func (c *socket) read(want cut, limit int) ([]byte, error) {
	_ = c.conn.SetReadDeadline(c.deadline()) // the read tells
	var buf []byte
	for ended := false; ; {
		if n, skip, ok := want(c.left, ended); ok {
			got := c.left[:n]
			c.left = c.left[n+skip:]
			return got, nil
		}
		if len(c.left) > limit {
			return nil, errLong
		}
		if buf == nil {
			buf = make([]byte, readBytes)
		}
		n, err := c.conn.Read(buf)
		c.left = append(c.left, buf[:n]...)
		if c.network == "udp" && err == nil {
			return c.rest(), nil
		}
		if ended = errors.Is(err, io.EOF); err != nil {
			if got, skip, ok := want(c.left, ended); ok && (got > 0 || skip > 0) {
				continue
			}
			return c.rest(), err
		}
	}
}

// rest gives what has come.
func (c *socket) rest() []byte {
	got := c.left
	c.left = nil
	return got
}
