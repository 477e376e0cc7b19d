package traffic

import (
	"runtime"
	"syscall"
	"time"
)

// step is what is to be done for an operation at a time, if it still is at a stage.
type step struct {
	n     int
	stage stage
	due   time.Time
}

// queue holds steps that all wait for the same time, so that they are due in the order of pushing.
type queue struct{ steps []step }

func (q *queue) push(s step) { q.steps = append(q.steps, s) }

// pop gives the first step if it is due.
func (q *queue) pop(now time.Time) (step, bool) {
	if len(q.steps) == 0 || q.steps[0].due.After(now) {
		return step{}, false
	}
	s := q.steps[0]
	q.steps = q.steps[1:]
	return s, true
}

// idle is the longest sleep of the pacing goroutine, and so the delay of a BYE at most.
const idle = time.Millisecond

// run begins the operations at their times, sends what is due later, and waits for the end.
// It sleeps in the kernel on a thread of its own: the timers of Go round up to a millisecond.
func (c *caller) run(start time.Time) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for n := 0; ; {
		now := time.Now()
		for ; n < c.load.Count && !start.Add(c.load.begins(n)).After(now); n++ {
			if err := c.begin(n); err != nil && c.load.Transport != "udp" {
				return err
			}
		}
		c.later(now)
		next := now.Add(idle)
		if n < c.load.Count {
			next = earlier(next, start.Add(c.load.begins(n)))
		} else if c.finished() || now.Sub(start) > c.load.begins(n)+patience {
			return nil
		}
		sleepUntil(next)
	}
}

// begins is when the nth operation begins.
func (l Load) begins(n int) time.Duration {
	at := time.Duration(n) * time.Second / time.Duration(l.Rate)
	if l.Gather > 0 {
		at -= at % l.Gather
	}
	return at
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func sleepUntil(t time.Time) {
	if d := time.Until(t); d > 0 {
		wait := syscall.NsecToTimespec(int64(d))
		_ = syscall.Nanosleep(&wait, nil) // woken early, it is called again
	}
}

func (c *caller) finished() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.over == c.load.Count
}

// later sends the BYEs and the repeated requests that are due.
func (c *caller) later(now time.Time) {
	for {
		n, data := c.due(now)
		if data == nil {
			return
		}
		_ = c.links[n%len(c.links)].send(data) // what is not sent is sent again, or lost and counted
	}
}

// due gives one message whose time has come.
func (c *caller) due(now time.Time) (int, []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if s, ok := c.byes.pop(now); ok {
			if op := &c.operations[s.n]; op.stage == s.stage {
				op.stage = leaving
				c.again(s.n, now)
				return s.n, op.bye
			}
			continue
		}
		s, ok := c.resends.pop(now)
		if !ok {
			return 0, nil
		}
		if op := &c.operations[s.n]; op.stage == s.stage {
			c.again(s.n, now)
			c.result.Resent++
			return s.n, op.repeat()
		}
	}
}

// repeat is the request that waits for a reply.
func (op *operation) repeat() []byte {
	if op.stage == leaving {
		return op.bye
	}
	return op.last
}
