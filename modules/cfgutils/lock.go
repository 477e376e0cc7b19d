package cfgutils

import (
	"strings"
	"sync"
	"time"

	"github.com/moonroute/moonroute/kemi"
)

var lockFuncs = funcs{
	{Name: "lock", Args: "key str", Returns: kemi.Code, Waits: true, Call: (*state).lock, Doc: "waits until no other message holds the key's lock, and takes it; -1 without lock_set_size"},
	{Name: "lock_key2", Args: "key1 str, key2 str", Returns: kemi.Code, Waits: true, Call: (*state).lock, Doc: "lock for a key of two parts"},
	{Name: "unlock", Args: "key str", Returns: kemi.Code, Call: (*state).unlock, Doc: "gives the key's lock back, whoever took it; -1 without lock_set_size"},
	{Name: "unlock_key2", Args: "key1 str, key2 str", Returns: kemi.Code, Call: (*state).unlock, Doc: "unlock for a key of two parts"},
	{Name: "trylock", Args: "key str", Returns: kemi.Code, Call: (*state).trylock, Doc: "takes the key's lock if nobody holds it, not even this message; -1 if somebody does"},
	{Name: "trylock_key2", Args: "key1 str, key2 str", Returns: kemi.Code, Call: (*state).trylock, Doc: "trylock for a key of two parts"},
}

// lockHold is how long a script may hold a lock when another one waits for it. A script that failed between lock and
// unlock would hold it for ever otherwise.
const lockHold = 2 * time.Second

// lock is one of the locks that keys share by their hash. The message that holds it may lock it again, since two of its
// keys may share one.
type lock struct {
	mu    sync.Mutex
	owner any
	depth int
	free  chan struct{} // closed when the lock is given back; nil when nobody waits
}

// find is the lock of the key in the arguments, in any case of its letters; nil without lock_set_size.
func (s *state) find(c *kemi.Ctx, a *kemi.Args) *lock {
	if len(s.locks) == 0 {
		c.Misuse("cfgutils.lock", "there are no locks; set the parameter lock_set_size")
		return nil
	}
	key2 := ""
	if a.Len() > 1 {
		key2 = a.Str(1)
	}
	return &s.locks[hash(strings.ToLower(a.Str(0)), strings.ToLower(key2))%uint32(len(s.locks))]
}

func (s *state) lock(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	l := s.find(c, a)
	if l == nil {
		return no
	}
	l.take(c)
	return yes
}

func (s *state) trylock(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	l := s.find(c, a)
	if l == nil || !l.takeFree(owner(c)) {
		return no
	}
	return yes
}

func (s *state) unlock(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	l := s.find(c, a)
	if l == nil {
		return no
	}
	l.release(owner(c))
	return yes
}

// owner is the message, or the run of an event that has none.
func owner(c *kemi.Ctx) any {
	if c.Msg != nil {
		return c.Msg
	}
	return c
}

// takeFree takes the lock if nobody holds it.
func (l *lock) takeFree(owner any) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.depth > 0 {
		return false
	}
	l.owner, l.depth = owner, 1
	return true
}

// try takes the lock if it is free or the owner's already; else it gives what to wait for.
func (l *lock) try(owner any) (wait <-chan struct{}) {
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

// release gives the lock back; a message that does not hold it ends the hold of the one that does, as in the incumbent.
func (l *lock) release(owner any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owner == owner && l.depth > 1 {
		l.depth--
		return
	}
	l.letGo()
}

// seize takes the lock away from an owner that held it too long.
func (l *lock) seize(owner any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.letGo()
	l.owner, l.depth = owner, 1
}

func (l *lock) letGo() {
	l.owner, l.depth = nil, 0
	if l.free != nil {
		close(l.free)
		l.free = nil
	}
}

// take waits for the lock; the shard runs other calls meanwhile.
func (l *lock) take(c *kemi.Ctx) {
	me := owner(c)
	for {
		wait := l.try(me)
		if wait == nil {
			return
		}
		if !patience(c, wait) {
			l.seize(me)
			return
		}
	}
}

// patience waits for the lock to be given back and tells whether it was.
func patience(c *kemi.Ctx, free <-chan struct{}) (given bool) {
	c.Wait(func() {
		timer := time.NewTimer(lockHold)
		defer timer.Stop()
		select {
		case <-free:
			given = true
		case <-timer.C:
		}
	})
	return given
}
