package htable

import (
	"fmt"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

var functions = kemi.Funcs[state]{
	{Name: "sht_get", Args: "table str, key str", Returns: kemi.AnyValue, Call: (*state).get, Doc: "the value of a key, or nil"},
	{Name: "sht_gete", Args: "table str, key str", Returns: kemi.AnyValue, Call: (*state).gete, Doc: "the value of a key, or an empty text"},
	{Name: "sht_getw", Args: "table str, key str", Returns: kemi.AnyValue, Call: (*state).getw, Doc: "the value of a key, or <null>"},
	{Name: "sht_is_null", Args: "table str, key str", Returns: kemi.Code, Call: (*state).isNull, Doc: "1: not set; -1: set; -2: only the table's initval; 2: no such table"},
	{Name: "sht_sets", Args: "table str, key str, value str", Returns: kemi.Code, Call: (*state).sets, Doc: "sets a text"},
	{Name: "sht_seti", Args: "table str, key str, value int", Returns: kemi.Code, Call: (*state).seti, Doc: "sets a number"},
	{Name: "sht_setxs", Args: "table str, key str, value str, seconds int", Returns: kemi.Code, Call: (*state).setxs, Doc: "sets a text and its lifetime"},
	{Name: "sht_setxi", Args: "table str, key str, value int, seconds int", Returns: kemi.Code, Call: (*state).setxi, Doc: "sets a number and its lifetime; gives 0, which is success"},
	{Name: "sht_setex", Args: "table str, key str, seconds int", Returns: kemi.Code, Call: (*state).setex, Doc: "sets the lifetime of a value"},
	{Name: "sht_inc", Args: "table str, key str", Returns: kemi.Code, Call: (*state).inc, Doc: "adds 1 and gives the new number; -255 if there is no number"},
	{Name: "sht_dec", Args: "table str, key str", Returns: kemi.Code, Call: (*state).dec, Doc: "takes 1 away and gives the new number; -255 if there is no number"},
	{Name: "sht_rm", Args: "table str, key str", Returns: kemi.Code, Call: (*state).rm, Doc: "removes a key; 1 also when it was not there"},
	{Name: "sht_reset", Args: "table str", Returns: kemi.Code, Call: (*state).reset, Doc: "removes all keys; gives 0, which is success"},
	{Name: "sht_rm_name", Args: "table str, operator str, value str", Returns: kemi.Code, Call: (*state).rmName, Doc: "removes the keys that match; the operator is re or sw"},
	{Name: "sht_rm_value", Args: "table str, operator str, value str", Returns: kemi.Code, Call: (*state).rmValue, Doc: "removes the keys whose text value matches; the operator is re or sw"},
	{Name: "sht_rm_name_re", Args: "table str, regex str", Returns: kemi.Code, Call: (*state).rmNameRe, Doc: "removes the keys that match a regular expression"},
	{Name: "sht_rm_value_re", Args: "table str, regex str", Returns: kemi.Code, Call: (*state).rmValueRe, Doc: "removes the keys whose text value matches a regular expression"},
	{Name: "sht_match_name", Args: "table str, operator str, value str", Returns: kemi.Code, Call: (*state).matchName, Doc: "1 if a key matches, else -1; the operator is eq, ne, re or sw"},
	{Name: "sht_match_str_value", Args: "table str, operator str, value str", Returns: kemi.Code, Call: (*state).matchValue, Doc: "1 if a text value matches, else -1; the operator is eq, ne, re or sw"},
	{Name: "sht_cn", Args: "table str, operator str, value str", Returns: kemi.Code, Call: (*state).countNames, Doc: "how many keys match; the operator is eq, ne, re or sw"},
	{Name: "sht_lock", Args: "table str, key str", Returns: kemi.Code, Call: (*state).lockKey, Waits: true, Doc: "keeps other messages from locking the key until sht_unlock"},
	{Name: "sht_unlock", Args: "table str, key str", Returns: kemi.Code, Call: (*state).unlockKey, Doc: "ends sht_lock"},
	{Name: "sht_iterator_start", Args: "iterator str, table str", Returns: kemi.Code, Call: (*state).iteratorStart, Doc: "begins to walk over a table"},
	{Name: "sht_iterator_next", Args: "iterator str", Returns: kemi.Code, Call: (*state).iteratorNext, Doc: "steps to the next key; -1 at the end"},
	{Name: "sht_iterator_end", Args: "iterator str", Returns: kemi.Code, Call: (*state).iteratorEnd, Doc: "ends the walk"},
	{Name: "sht_iterator_rm", Args: "iterator str", Returns: kemi.Code, Call: (*state).iteratorRemove, Doc: "removes the present key; -2 if its slot is empty then, which is success"},
	{Name: "sht_iterator_sets", Args: "iterator str, value str", Returns: kemi.Code, Call: (*state).iteratorSets, Doc: "sets the present key to a text"},
	{Name: "sht_iterator_seti", Args: "iterator str, value int", Returns: kemi.Code, Call: (*state).iteratorSeti, Doc: "sets the present key to a number"},
	{Name: "sht_iterator_setex", Args: "iterator str, seconds int", Returns: kemi.Code, Call: (*state).iteratorSetex, Doc: "sets the lifetime of the present key"},
}

// The results that mean yes and no.
var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

func (s *state) get(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.getOr(c, "sht_get", a, kemi.Null) }

func (s *state) gete(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.getOr(c, "sht_gete", a, kemi.Str(""))
}

func (s *state) getw(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.getOr(c, "sht_getw", a, kemi.Str(kemi.NullText))
}

func (s *state) getOr(c *kemi.Ctx, function string, a *kemi.Args, absent kemi.Value) kemi.Value {
	t := s.table(c, function, a.Str(0))
	if t == nil {
		return absent
	}
	if v := t.get(a.Str(1), s.now()); !v.IsNull() {
		return v
	}
	return absent
}

func (s *state) isNull(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.tables[a.Str(0)]
	switch {
	case t == nil:
		return kemi.Int(2)
	case t.has(a.Str(1), s.now()):
		return no
	case !t.initval.IsNull():
		return kemi.Int(-2)
	}
	return yes
}

func (s *state) sets(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.store(c, "sht_sets", a, 0, yes) }
func (s *state) seti(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.store(c, "sht_seti", a, 0, yes) }

func (s *state) setxs(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.store(c, "sht_setxs", a, a.Int(3), yes)
}

func (s *state) setxi(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.store(c, "sht_setxi", a, a.Int(3), kemi.Int(0))
}

// set sets a value. That a table is full is told once.
func (s *state) set(t *table, key string, v kemi.Value, seconds int64) bool {
	ok := t.set(key, v, seconds, s.now())
	if !ok {
		s.server.Log.Once("htable full "+t.name, log.Err, "htable",
			fmt.Sprintf("table %s is full (about %d keys) and takes no further ones: give it a shorter autoexpire", t.name, parts*maxCells))
	}
	return ok
}

// store sets a value. No value is kept under an empty name that a script made from nil.
func (s *state) store(c *kemi.Ctx, function string, a *kemi.Args, seconds int, done kemi.Value) kemi.Value {
	t := s.table(c, function, a.Str(0))
	if t == nil || a.At(1).IsNull() {
		return no
	}
	if !s.set(t, a.Str(1), a.At(2), int64(seconds)) {
		return no
	}
	return done
}

func (s *state) setex(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "sht_setex", a.Str(0))
	if t == nil || a.At(1).IsNull() {
		return no
	}
	t.expire(a.Str(1), int64(a.Int(2)), s.now())
	return yes
}

// notANumber is what sht_inc and sht_dec give when there is no number to change.
var notANumber = kemi.Int(-255)

func (s *state) inc(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.add(c, "sht_inc", a, 1) }
func (s *state) dec(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.add(c, "sht_dec", a, -1) }

func (s *state) add(c *kemi.Ctx, function string, a *kemi.Args, delta int64) kemi.Value {
	t := s.table(c, function, a.Str(0))
	if t == nil {
		return notANumber
	}
	if v := t.add(a.Str(1), delta, s.now()); !v.IsNull() {
		return v
	}
	return notANumber
}

func (s *state) rm(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "sht_rm", a.Str(0))
	if t == nil {
		return no
	}
	t.remove(a.Str(1), s.now())
	return yes
}

func (s *state) reset(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "sht_reset", a.Str(0))
	if t == nil {
		return no
	}
	t.reset()
	return kemi.Int(0)
}

func (s *state) lockKey(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "sht_lock", a.Str(0))
	if t == nil {
		return no
	}
	t.lock(a.Str(1)).Take(lockOwner(c), c.Wait)
	return yes
}

func (s *state) unlockKey(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "sht_unlock", a.Str(0))
	if t == nil {
		return no
	}
	t.lock(a.Str(1)).Release(lockOwner(c))
	return yes
}
