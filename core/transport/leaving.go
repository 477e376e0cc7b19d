package transport

import (
	"slices"
	"sync"
	"time"
)

const (
	// leaveAtOnce connections are closed one after the other before their closer rests.
	leaveAtOnce = 32
	leaveRest   = 100 * time.Microsecond
)

// leaving ends the connections whose peers have left. To close a socket takes the system longer than most messages take the
// server, and readers that took their connections out of the table would queue at its lock: where thousands of peers leave at
// once, everybody would wait for them. So a reader only adds its connection here, and one goroutine does the rest, a few at a
// time, and lets others go first.
type leaving struct {
	set *Set

	mu   sync.Mutex
	list []leaver
	busy bool // a goroutine closes them
}

// leaver is a connection that nobody sends on any more.
type leaver struct {
	c   *conn
	why error
}

// add has a connection closed soon. Its caller has a place in set.running.
func (l *leaving) add(x leaver) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, x)
	if l.busy {
		return
	}
	l.busy = true
	l.set.running.Add(1)
	go l.close()
}

func (l *leaving) close() {
	defer l.set.running.Done()
	for list := l.take(); len(list) > 0; list = l.take() {
		for _, x := range list {
			x.c.close(x.why)
		}
		l.set.glance()
		l.set.sleep(leaveRest)
	}
}

// take gives some of those that wait. If there is none, the next one needs another goroutine.
func (l *leaving) take() []leaver {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.list), leaveAtOnce)
	some := l.list[:n:n]
	if l.list = l.list[n:]; len(l.list) == 0 {
		l.list = nil
	}
	l.busy = n > 0
	return some
}

// forget takes all that wait out of the table, where they count against the limits of new connections; it is false if
// there is none.
func (l *leaving) forget() bool {
	l.mu.Lock()
	list := slices.Clone(l.list)
	l.mu.Unlock()
	for _, x := range list {
		l.set.forget(x.c, x.why)
	}
	return len(list) > 0
}
