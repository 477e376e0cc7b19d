package transport

import (
	"sync"
	"time"
)

const (
	// leaveAtOnce sockets are closed one after the other before their closer rests.
	leaveAtOnce = 32
	leaveRest   = 100 * time.Microsecond
)

// leaving closes the sockets of connections whose peers have left. Closing one takes the system longer than most messages
// take the server: where thousands of peers leave at once, their readers would do nothing else, and everybody would wait. So one
// goroutine does it, and lets others go first.
type leaving struct {
	set *Set

	mu   sync.Mutex
	list []leaver
	busy bool // a goroutine closes them
}

// leaver is a connection that has ended already for everybody but the system.
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
		for i, x := range list {
			x.c.hangUp(x.why)
			if i%leaveAtOnce == leaveAtOnce-1 {
				l.set.sleep(leaveRest)
			}
		}
	}
}

// take gives those that wait. If there is none, the next one needs another goroutine.
func (l *leaving) take() []leaver {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.list
	l.list = nil
	l.busy = len(list) > 0
	return list
}
