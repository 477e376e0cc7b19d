package cfgutils

import (
	"strings"

	"github.com/moonroute/moonroute/core/keylock"
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

// find is the lock of the key in the arguments, in any case of its letters; nil without lock_set_size.
func (s *state) find(c *kemi.Ctx, a *kemi.Args) *keylock.Lock {
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
	l.Take(owner(c), c.Wait)
	return yes
}

func (s *state) trylock(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	l := s.find(c, a)
	if l == nil || !l.TakeFree(owner(c)) {
		return no
	}
	return yes
}

func (s *state) unlock(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	l := s.find(c, a)
	if l == nil {
		return no
	}
	l.ReleaseAny(owner(c)) // as in the incumbent, whoever holds it
	return yes
}

// owner is the message, or the run of an event that has none.
func owner(c *kemi.Ctx) any {
	if c.Msg != nil {
		return c.Msg
	}
	return c
}
