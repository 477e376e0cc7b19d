// Package keylock has the locks that scripts take by a key's name: one owner may take its lock again, waiting lets
// others work, and a lock that was forgotten is taken over.
package keylock

import (
	"sync"
	"time"
)

// Hold is how long an owner may keep a lock when somebody waits for it. A script that failed between taking and giving
// back would keep it for ever otherwise.
const Hold = 2 * time.Second

// Lock is one lock. Many keys may share it by their hash, which is why its owner may take it again. The zero value is
// free, and any goroutine may use it.
type Lock struct {
	mu    sync.Mutex
	owner any
	depth int
	free  chan struct{} // closed when the lock is given back; nil when nobody waits
}

// Take takes the lock, once more if it is the owner's already. It blocks while somebody else holds it, but no longer
// than Hold for each holder: then it takes the lock over. What blocks runs inside wait, so that the caller can let go
// of what others need meanwhile. Owners are told apart by ==.
func (l *Lock) Take(owner any, wait func(block func())) {
	for {
		free := l.try(owner)
		if free == nil {
			return
		}
		given := false
		wait(func() { given = patience(free) })
		if !given {
			l.seize(owner)
			return
		}
	}
}

// TakeFree takes the lock if nobody holds it, not even the owner.
func (l *Lock) TakeFree(owner any) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.depth > 0 {
		return false
	}
	l.owner, l.depth = owner, 1
	return true
}

// Release takes back one Take of the owner. It changes nothing if somebody else holds the lock.
func (l *Lock) Release(owner any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.depth > 0 && l.owner == owner {
		l.lower()
	}
}

// ReleaseAny is Release, but it ends the hold of somebody else.
func (l *Lock) ReleaseAny(owner any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owner == owner {
		l.lower()
		return
	}
	l.letGo()
}

// try takes the lock if it is free or the owner's already; else it gives what to wait for.
func (l *Lock) try(owner any) (free <-chan struct{}) {
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

// patience waits for the lock to be given back and tells whether it was.
func patience(free <-chan struct{}) bool {
	timer := time.NewTimer(Hold)
	defer timer.Stop()
	select {
	case <-free:
		return true
	case <-timer.C:
		return false
	}
}

// seize takes the lock away from an owner that held it too long.
func (l *Lock) seize(owner any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.letGo()
	l.owner, l.depth = owner, 1
}

func (l *Lock) lower() {
	if l.depth--; l.depth <= 0 {
		l.letGo()
	}
}

func (l *Lock) letGo() {
	l.owner, l.depth = nil, 0
	if l.free != nil {
		close(l.free)
		l.free = nil
	}
}
