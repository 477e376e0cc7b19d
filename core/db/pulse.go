package db

import (
	"fmt"
	"sync/atomic"
	"time"
)

// ErrStuck says that the database is connected but has not answered for a while. It is a
// kind of ErrDown: the statement was not sent.
var ErrStuck = fmt.Errorf("%w: it does not answer", ErrDown)

// pulse watches whether those who wait for the database get answers. A database that is
// frozen keeps its connections, so without it each caller would wait for the whole time limit.
type pulse struct {
	waiting atomic.Int64
	last    atomic.Int64 // when the last answer came, or the first of those who wait asked; Unix nanoseconds
}

const (
	probes  = 16                     // may wait for a database that does not answer, to hear when it does
	silence = 500 * time.Millisecond // without any answer, while more than these wait
)

// enter is called before a statement, and leave after it unless enter failed.
func (p *pulse) enter() error {
	now := time.Now().UnixNano()
	n := p.waiting.Add(1)
	if n == 1 {
		p.last.Store(now)
	}
	if n > probes && now-p.last.Load() > int64(silence) {
		p.waiting.Add(-1)
		return ErrStuck
	}
	return nil
}

func (p *pulse) leave() {
	p.last.Store(time.Now().UnixNano())
	p.waiting.Add(-1)
}
