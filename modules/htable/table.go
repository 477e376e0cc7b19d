package htable

import (
	"hash/maphash"
	"math/bits"
	"strings"
	"sync"

	"github.com/moonroute/moonroute/core/keylock"
	"github.com/moonroute/moonroute/kemi"
)

// parts is how many parts with a lock of its own a table has; a power of two.
const parts = 64

// maxCells bounds the values of one part. Their keys may come from the network, from senders without number.
const maxCells = 1 << 16

// cell is one stored value. Its fields change under the lock of its part.
type cell struct {
	text    string
	num     int64
	expires int64 // Unix seconds; 0: never
	isStr   bool
}

func (c *cell) value() kemi.Value {
	if c.isStr {
		return kemi.Str(c.text)
	}
	return kemi.Int64(c.num)
}

func (c *cell) set(v kemi.Value) {
	c.isStr = v.Kind() == kemi.KindStr
	if c.isStr {
		c.text, c.num = strings.Clone(v.Text()), 0
		return
	}
	c.text, c.num = "", v.Int64()
}

// part is one part of a table.
type part struct {
	mu    sync.RWMutex
	cells map[string]*cell
	_     [24]byte // keeps neighbours off one cache line
}

// table is one hash table, shared by all shards.
type table struct {
	definition
	seed  maphash.Seed
	parts [parts]part
	locks [keyLocks]keylock.Lock
}

func newTable(d definition) *table {
	t := &table{definition: d, seed: maphash.MakeSeed()}
	for i := range t.parts {
		t.parts[i].cells = map[string]*cell{}
	}
	return t
}

func (t *table) hash(key string) uint64 { return maphash.String(t.seed, key) }

func (t *table) part(key string) *part { return &t.parts[t.hash(key)%parts] }

// slot is the number that htable.dump shows for a key: its place in a table of the declared size.
func (t *table) slot(key string) int {
	return int(bits.RotateLeft64(t.hash(key), 32) % uint64(t.slots))
}

// live finds a cell that has not expired. The caller holds the lock.
func (p *part) live(key string, now int64) *cell {
	c := p.cells[key]
	if c == nil || c.expires != 0 && c.expires <= now {
		return nil
	}
	return c
}

// get is the value of a key, or the table's initval, which may be null.
func (t *table) get(key string, now int64) kemi.Value {
	p := t.part(key)
	p.mu.RLock()
	defer p.mu.RUnlock()
	if c := p.live(key, now); c != nil {
		return c.value()
	}
	return t.initval
}

// has tells whether a key is set.
func (t *table) has(key string, now int64) bool {
	p := t.part(key)
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.live(key, now) != nil
}

// set stores a value, unless the table is full; seconds above 0 are its lifetime, else the table's own rules hold.
func (t *table) set(key string, v kemi.Value, seconds, now int64) bool {
	p := t.part(key)
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.live(key, now)
	if c != nil {
		t.refresh(c, now)
	} else if c = t.insert(p, key, now); c == nil {
		return false
	}
	c.set(v)
	if seconds > 0 && t.autoExpire > 0 {
		c.expires = now + seconds
	}
	return true
}

// insert makes the cell of a key; nil if there is no room for it. The key is copied: it may be part of a whole message.
func (t *table) insert(p *part, key string, now int64) *cell {
	if _, there := p.cells[key]; !there && len(p.cells) >= maxCells { // one that has expired makes room for itself
		return nil
	}
	c := &cell{}
	if t.autoExpire > 0 {
		c.expires = now + t.autoExpire
	}
	p.cells[strings.Clone(key)] = c
	return c
}

func (t *table) refresh(c *cell, now int64) {
	if t.autoExpire > 0 && t.updateExpire {
		c.expires = now + t.autoExpire
	}
}

// add changes a number and gives the new one; null if there is no number to change, or no room for it.
func (t *table) add(key string, delta, now int64) kemi.Value {
	p := t.part(key)
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.live(key, now)
	switch {
	case c == nil && t.initval.Kind() != kemi.KindInt:
		return kemi.Null
	case c == nil:
		if c = t.insert(p, key, now); c == nil {
			return kemi.Null
		}
		c.num = t.initval.Int64()
	case c.isStr:
		return kemi.Null
	default:
		t.refresh(c, now)
	}
	c.num += delta
	return kemi.Int64(c.num)
}

// remove deletes a key and tells whether it was there.
func (t *table) remove(key string, now int64) bool {
	p := t.part(key)
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.live(key, now) != nil
	delete(p.cells, key)
	return was
}

// expiry is the seconds that a key has left: 0 for one that is not there and, as in the
// incumbent, for a table whose values do not expire.
func (t *table) expiry(key string, now int64) int64 {
	p := t.part(key)
	p.mu.RLock()
	defer p.mu.RUnlock()
	c := p.live(key, now)
	if c == nil || t.autoExpire == 0 || c.expires == 0 {
		return 0
	}
	return c.expires - now
}

// expire sets the seconds that a key has left; 0 keeps it for ever. Tables whose values do
// not expire, and keys that are not there, stay as they are.
func (t *table) expire(key string, seconds, now int64) {
	p := t.part(key)
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.live(key, now)
	if c == nil || t.autoExpire == 0 {
		return
	}
	c.expires = 0
	if seconds != 0 {
		c.expires = now + seconds
	}
}

// reset removes everything.
func (t *table) reset() {
	for i := range t.parts {
		p := &t.parts[i]
		p.mu.Lock()
		p.cells = map[string]*cell{}
		p.mu.Unlock()
	}
}

// entry is a key with its value, copied out of the table.
type entry struct {
	key     string
	value   kemi.Value
	expires int64
}

// entries copies what a part holds.
func (t *table) entries(i int, now int64) []entry {
	p := &t.parts[i]
	p.mu.RLock()
	defer p.mu.RUnlock()
	list := make([]entry, 0, len(p.cells))
	for key, c := range p.cells {
		if c.expires == 0 || c.expires > now {
			list = append(list, entry{key, c.value(), c.expires})
		}
	}
	return list
}

// sweep removes what has expired and gives it back.
func (t *table) sweep(now int64) (gone []entry) {
	if t.autoExpire == 0 {
		return nil
	}
	for i := range t.parts {
		gone = t.parts[i].sweep(gone, now)
	}
	return gone
}

func (p *part) sweep(gone []entry, now int64) []entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, c := range p.cells {
		if c.expires != 0 && c.expires <= now {
			gone = append(gone, entry{key, c.value(), c.expires})
			delete(p.cells, key)
		}
	}
	return gone
}
