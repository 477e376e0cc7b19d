package htable

import (
	"sync"
	"time"

	"github.com/moonroute/moonroute/kemi"
)

// keyLocks is how many locks a table has for sht_lock; keys share them by hash, as the keys
// of a slot do in the incumbent.
const keyLocks = 64

// lockHold is how long a script may hold a lock when another one wants it. A script that
// failed between sht_lock and sht_unlock would hold it for ever otherwise.
const lockHold = 2 * time.Second

// keyLock is one lock of sht_lock. The message that holds it may take it again.
type keyLock struct {
	mu    sync.Mutex
	owner any
	depth int
	free  chan struct{} // closed when the owner lets go; nil when nobody waits
}

// try takes the lock if it is free or the owner's already; else it gives what to wait for.
func (l *keyLock) try(owner any) (wait <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.depth == 0 || l.owner == owner {
		l.owner = owner
		l.depth++
		return nil
	}
	if l.free == nil {
		l.free = make(chan struct{})
	}
	return l.free
}

// release gives the lock back; whoever does not hold it changes nothing.
func (l *keyLock) release(owner any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.depth == 0 || l.owner != owner {
		return
	}
	if l.depth--; l.depth == 0 {
		l.letGo()
	}
}

// seize takes the lock away from an owner that held it too long.
func (l *keyLock) seize(owner any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.letGo()
	l.owner, l.depth = owner, 1
}

func (l *keyLock) letGo() {
	l.owner, l.depth = nil, 0
	if l.free != nil {
		close(l.free)
		l.free = nil
	}
}

// take waits for the lock; the shard runs other calls meanwhile.
func (l *keyLock) take(c *kemi.Ctx) {
	owner := lockOwner(c)
	for {
		wait := l.try(owner)
		if wait == nil {
			return
		}
		late := false
		c.Wait(func() {
			timer := time.NewTimer(lockHold)
			defer timer.Stop()
			select {
			case <-wait:
			case <-timer.C:
				late = true
			}
		})
		if late {
			l.seize(owner)
			return
		}
	}
}

// lockOwner is the message, or the run of an event that has none.
func lockOwner(c *kemi.Ctx) any {
	if c.Msg != nil {
		return c.Msg
	}
	return c
}

func (t *table) lock(key string) *keyLock { return &t.locks[t.hash(key)%keyLocks] }
