package luatest

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// tasks run what the server does, one at a time: each on a goroutine of its own, so that it
// may wait, while whoever began or woke it stands still until it ends or waits.
type tasks struct {
	current  *task
	sleeping map[*task]struct{}
	crashed  string // what a task panicked with, and where
}

// task is one goroutine that takes turns.
type task struct {
	turn  chan struct{} // it may go on
	pause chan struct{} // it waits or has ended
}

// run runs f until it ends or waits for the first time.
func (ts *tasks) run(f func()) {
	t := &task{turn: make(chan struct{}), pause: make(chan struct{})}
	outer := ts.current
	ts.current = t
	go func() {
		defer func() {
			if v := recover(); v != nil {
				ts.crashed = fmt.Sprintf("%v\n%s", v, debug.Stack())
			}
			t.pause <- struct{}{}
		}()
		f()
	}()
	<-t.pause
	ts.current = outer
}

// wait ends the turn of the present task until it is woken.
func (ts *tasks) wait() {
	t := ts.current
	ts.sleeping[t] = struct{}{}
	t.pause <- struct{}{}
	<-t.turn
}

// wake gives a waiting task its turn, until it ends or waits again.
func (ts *tasks) wake(t *task) {
	if _, waits := ts.sleeping[t]; !waits {
		return
	}
	delete(ts.sleeping, t)
	outer := ts.current
	ts.current = t
	t.turn <- struct{}{}
	<-t.pause
	ts.current = outer
}

// wakeAll ends all waiting.
func (ts *tasks) wakeAll() {
	for len(ts.sleeping) > 0 {
		for t := range ts.sleeping {
			ts.wake(t)
		}
	}
}

// inbox holds what other goroutines (a database's, say) want to be run in turn.
type inbox struct {
	mu   sync.Mutex
	list []func()
	some chan struct{} // has a token when the list has grown
}

func (b *inbox) put(f func()) {
	b.mu.Lock()
	b.list = append(b.list, f)
	b.mu.Unlock()
	select {
	case b.some <- struct{}{}:
	default:
	}
}

func (b *inbox) take() (f func(), ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.list) == 0 {
		return nil, false
	}
	f, b.list = b.list[0], b.list[1:]
	return f, true
}
