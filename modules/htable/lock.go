package htable

import (
	"github.com/moonroute/moonroute/core/keylock"
	"github.com/moonroute/moonroute/kemi"
)

// keyLocks is how many locks a table has for sht_lock; keys share them by hash, as the keys
// of a slot do in the incumbent.
const keyLocks = 64

// lockOwner is the message, or the run of an event that has none.
func lockOwner(c *kemi.Ctx) any {
	if c.Msg != nil {
		return c.Msg
	}
	return c
}

func (t *table) lock(key string) *keylock.Lock { return &t.locks[t.hash(key)%keyLocks] }
