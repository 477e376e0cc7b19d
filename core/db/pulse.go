package db

import (
	"fmt"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

// ErrStuck says that the database is connected but has not answered for a while. It is a
// kind of ErrDown: the statement was not sent.
var ErrStuck = fmt.Errorf("%w: it does not answer", ErrDown)

// pulse watches whether those who wait for the database get answers. A database that is
// frozen keeps its connections, so without it each caller would wait for the whole time limit.
type pulse struct {
	clock   clock.Clock
	silence time.Duration // without any answer, after which no more than the crowd may wait

	mu      sync.Mutex
	waiting int
	last    time.Time // when the last answer came, or the first of those who wait asked
}

const (
	// probes may wait for a database that does not answer, to hear when it does.
	probes = 16
	// crowd is how many may wait for longer, as a machine that has too much to do is silent for a while, too.
	crowd = 128
	// lull is for how many times the silence they may.
	lull = 4
)

// full tells whether no more may wait after a silence.
func (p *pulse) full(silence time.Duration) bool {
	return p.waiting >= crowd && silence > p.silence || p.waiting >= probes && silence > lull*p.silence
}

// enter is called before a statement, and leave after it unless enter failed.
func (p *pulse) enter() error {
	now := p.clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == 0 {
		p.last = now
	}
	if p.full(now.Sub(p.last)) {
		return ErrStuck
	}
	p.waiting++
	return nil
}

// leave tells whether the database answered, be it with an error. A caller who gave up
// says nothing of the others' chances.
func (p *pulse) leave(answered bool) {
	now := p.clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting--
	if answered {
		p.last = now
	}
}
