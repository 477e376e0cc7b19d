package msilo

import (
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

// claims keep a row from being sent twice: by two registrations at once, or because a read of
// the table still shows a row that is already delivered and removed.
//
// Every read has a number. A row that was settled (removed, or turned from a reminder into a
// message) is free again only for reads that began later; its number may have gone to another message.
type claims struct {
	clock clock.Clock

	mu   sync.Mutex
	read uint64
	rows map[int64]claim
	old  []settled // in the order of time
}

// claim is the state of one row: being sent, or settled while that read was the last one.
type claim struct {
	settled  bool
	reminder bool // as a reminder
	read     uint64
}

type settled struct {
	id int64
	claim
	at time.Time
}

// readTime bounds the time of a read, and with it how long a settled row must be remembered.
const readTime = 5 * time.Second

func (c *claims) init(clock clock.Clock) { c.clock, c.rows = clock, map[int64]claim{} }

// begin gives the number of a read that is about to start.
func (c *claims) begin() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget()
	c.read++
	return c.read
}

// take claims a row that a read has found, and tells whether it may be sent. A message whose
// row is claimed as a reminder is one no more: the change that shows it so is committed, whenever it is settled.
func (c *claims) take(id int64, read uint64, reminder bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	was, known := c.rows[id]
	turned := was.reminder && !reminder
	if known && !turned && (!was.settled || read <= was.read) {
		return false
	}
	c.rows[id] = claim{reminder: reminder}
	return true
}

// release gives a row back that could not be delivered.
func (c *claims) release(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.rows, id)
}

// settle notes that the change of rows is committed. One that has been claimed anew since stays so.
func (c *claims) settle(rows []change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	for _, r := range rows {
		if c.rows[r.id].reminder != r.reminder {
			continue
		}
		s := settled{r.id, claim{settled: true, reminder: r.reminder, read: c.read}, now}
		c.rows[r.id] = s.claim
		c.old = append(c.old, s)
	}
	c.forget()
}

// forget drops what no read can show any more.
func (c *claims) forget() {
	end, n := c.clock.Now().Add(-2*readTime), 0
	for n < len(c.old) && c.old[n].at.Before(end) {
		if s := &c.old[n]; c.rows[s.id] == s.claim {
			delete(c.rows, s.id)
		}
		n++
	}
	c.old = c.old[n:]
}
