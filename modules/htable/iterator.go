package htable

import (
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// maxIterators bounds the iterators of one message.
const maxIterators = 8

// iterator walks over a table, a part at a time: what other messages change in a part after
// the walk came to it is not seen.
type iterator struct {
	table *table
	next  int     // the next part to read
	left  []entry // of the present part
	item  entry
	valid bool // item is the present one
}

// iterators are the walks of one message by name; the message's Extra keeps them.
type iterators map[string]*iterator

// iteratorsOf finds the iterators of the message in hand, or of the shard in events without one.
func (s *state) iteratorsOf(c *kemi.Ctx) iterators {
	its, _ := c.Kept(s).(iterators)
	return its
}

func (s *state) iteratorStart(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "sht_iterator_start", a.Str(1))
	if t == nil || a.Str(0) == "" {
		return no
	}
	its := s.iteratorsOf(c)
	if its == nil {
		its = iterators{}
		c.Keep(s, its)
	}
	if its[a.Str(0)] == nil && len(its) >= maxIterators {
		c.Misuse("htable.sht_iterator_start", "too many iterators; end those that are not needed")
		return no
	}
	its[strings.Clone(a.Str(0))] = &iterator{table: t}
	return yes
}

func (s *state) iteratorNext(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	it := s.iteratorsOf(c)[a.Str(0)]
	return verdict(it != nil && it.step(s.now()))
}

func (s *state) iteratorEnd(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	its := s.iteratorsOf(c)
	if its[a.Str(0)] == nil {
		return no
	}
	delete(its, a.Str(0))
	return yes
}

// step goes to the next value.
func (it *iterator) step(now int64) bool {
	for len(it.left) == 0 && it.next < parts {
		it.left = it.table.entries(it.next, now)
		it.next++
	}
	if it.valid = len(it.left) > 0; it.valid {
		it.item, it.left = it.left[0], it.left[1:]
	}
	return it.valid
}

// present is the iterator of a name if it stands on a value.
func (s *state) present(c *kemi.Ctx, name string) *iterator {
	if it := s.iteratorsOf(c)[name]; it != nil && it.valid {
		return it
	}
	return nil
}

// slotEmpty is what sht_iterator_rm gives when nothing is left beside the removed value.
var slotEmpty = kemi.Int(-2)

func (s *state) iteratorRemove(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	it := s.present(c, a.Str(0))
	if it == nil {
		return no
	}
	it.valid = false
	it.table.remove(it.item.key, s.now())
	if len(it.left) == 0 {
		return slotEmpty
	}
	return yes
}

func (s *state) iteratorSets(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.iteratorSet(c, a) }
func (s *state) iteratorSeti(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.iteratorSet(c, a) }

func (s *state) iteratorSet(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	it := s.present(c, a.Str(0))
	if it == nil {
		return no
	}
	it.item.value = a.At(1)
	return verdict(s.set(it.table, it.item.key, a.At(1), 0))
}

func (s *state) iteratorSetex(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	it := s.present(c, a.Str(0))
	if it == nil {
		return no
	}
	it.table.expire(it.item.key, int64(a.Int(1)), s.now())
	return yes
}
