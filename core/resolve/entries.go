package resolve

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Entry is a name in a resolver's cache.
type Entry struct {
	Name  string
	Addrs []netip.Addr  // empty: it is known to have none
	Left  time.Duration // until it is forgotten; 0: for ever
}

// Cache is a resolver whose memory can be looked at and emptied.
type Cache interface {
	// Entries are the names that are known, in order.
	Entries() []Entry
	// Forget takes a name out; false if it is not there.
	Forget(host string) bool
	// Clear empties the cache, of pinned names too if all is set.
	Clear(all bool)
}

// Entries implements Cache.
func (c *cached) Entries() []Entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	var list []Entry
	for host, a := range c.names {
		e := Entry{Name: host, Addrs: a.addrs}
		if !a.until.IsZero() {
			if e.Left = a.until.Sub(now); e.Left <= 0 {
				continue
			}
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Forget implements Cache.
func (c *cached) Forget(host string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.names[host]
	delete(c.names, host)
	return ok
}

// Clear implements Cache.
func (c *cached) Clear(all bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.names, func(_ string, a answer) bool { return all || !a.until.IsZero() })
}
