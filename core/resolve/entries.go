package resolve

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Entry is a question whose answer is remembered.
type Entry struct {
	Name    string
	Type    Type
	Records []Record      // empty: it is known that there are none
	Left    time.Duration // until it is forgotten; 0: for ever
	Used    time.Duration // since the last use
	Size    int           // what it counts for, in bytes
}

// Cache is a resolver whose memory can be looked at and changed. Its methods may be called from any goroutine.
type Cache interface {
	// Caching tells whether anything is remembered at all.
	Caching() bool
	// Entries are the answers that are remembered, in the order of names and types.
	Entries() []Entry
	// Find is one of them.
	Find(name string, want Type) (Entry, bool)
	// Put remembers records, or that there are none, for some time; for ever if keep is 0. It gives false if
	// there is no room.
	Put(name string, want Type, records []Record, keep time.Duration) bool
	// Forget takes an answer out; false if it is not there.
	Forget(name string, want Type) bool
	// Clear empties the cache, also of what was put there for ever if all is set.
	Clear(all bool)
	// Memory is what the answers take of what they may, both in bytes.
	Memory() (used, limit int)
}

// Caching implements Cache.
func (d *DNS) Caching() bool { return d.Values().Cache }

// Entries implements Cache.
func (d *DNS) Entries() []Entry {
	c := &d.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	list := make([]Entry, 0, len(c.answers))
	for k, a := range c.answers {
		if a.fresh(now) {
			list = append(list, entryOf(k, a, now))
		}
	}
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
	})
	return list
}

func entryOf(k key, a *answer, now time.Time) Entry {
	e := Entry{Name: k.name, Type: k.kind, Records: a.records, Used: now.Sub(a.used), Size: a.size}
	if !a.until.IsZero() {
		e.Left = a.until.Sub(now)
	}
	return e
}

// Find implements Cache.
func (d *DNS) Find(name string, want Type) (Entry, bool) {
	c, k := &d.cache, key{normal(name), want}
	c.mu.Lock()
	defer c.mu.Unlock()
	a, now := c.answers[k], c.clock.Now()
	if a == nil || !a.fresh(now) {
		return Entry{}, false
	}
	return entryOf(k, a, now), true
}

// Put implements Cache.
func (d *DNS) Put(name string, want Type, records []Record, keep time.Duration) bool {
	c, k := &d.cache, key{normal(name), want}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	a := &answer{records: records, used: now, size: sizeOf(k, records)}
	if keep > 0 {
		a.until = now.Add(keep)
	}
	return c.store(k, a)
}

// Forget implements Cache.
func (d *DNS) Forget(name string, want Type) bool {
	d.cache.mu.Lock()
	defer d.cache.mu.Unlock()
	return d.cache.remove(key{normal(name), want})
}

// Clear implements Cache.
func (d *DNS) Clear(all bool) {
	c := &d.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, a := range c.answers {
		if all || !a.until.IsZero() {
			c.remove(k)
		}
	}
}

// Memory implements Cache.
func (d *DNS) Memory() (used, limit int) {
	d.cache.mu.Lock()
	defer d.cache.mu.Unlock()
	return d.cache.size, d.Values().Memory
}

// normal is a name as the cache has it.
func normal(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// sizeOf is what an answer counts for: about what it takes.
func sizeOf(k key, records []Record) int {
	n := 64 + len(k.name)
	for i := range records {
		r := &records[i]
		n += 32 + len(r.Target) + len(r.Services) + len(r.Regexp) + len(r.Replacement)
	}
	return n
}

// Addresses makes records of addresses, for Put.
func Addresses(addrs []netip.Addr) []Record {
	list := make([]Record, len(addrs))
	for i, a := range addrs {
		list[i].Addr = a.Unmap()
	}
	return list
}
