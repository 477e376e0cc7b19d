package kemi

import (
	"strings"
	"sync"
	"sync/atomic"
)

// Bounds of a cache. Scripts that build names at run time ($sht(a=>KEY) with the key put
// in by the script) may fill it; it then starts anew, which costs the others one parse.
const (
	maxCached    = 8192 // entries
	maxCachedKey = 1024 // bytes of a text
)

// cache keeps what was compiled of a text. Reading what settled takes no lock; new
// entries gather under a lock and settle when reads have missed them often enough.
type cache[T any] struct {
	settled atomic.Pointer[map[string]T]
	mu      sync.Mutex
	fresh   map[string]T // all of settled and the new ones; nil: nothing is new
	misses  int
}

func (c *cache[T]) init() { c.settled.Store(&map[string]T{}) }

// get finds the text's entry or makes it. Failures are kept too: make runs once for each.
func (c *cache[T]) get(text string, make func(text string) T) T {
	if x, ok := (*c.settled.Load())[text]; ok {
		return x
	}
	return c.miss(text, make)
}

func (c *cache[T]) miss(text string, make func(text string) T) T {
	c.mu.Lock()
	x, ok := c.fresh[text]
	c.missed()
	c.mu.Unlock()
	if ok {
		return x
	}
	key := strings.Clone(text) // the script's text may be part of a whole message
	x = make(key)
	if len(key) <= maxCachedKey {
		c.put(key, x)
	}
	return x
}

// missed settles the new entries once the reads that missed them paid for the copy.
func (c *cache[T]) missed() {
	if c.fresh == nil {
		return
	}
	if c.misses++; c.misses < len(*c.settled.Load()) {
		return
	}
	settled := c.fresh
	c.fresh, c.misses = nil, 0
	c.settled.Store(&settled)
}

func (c *cache[T]) put(key string, x T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fresh == nil {
		settled := *c.settled.Load()
		c.fresh = make(map[string]T, len(settled)+1)
		if len(settled) < maxCached {
			for k, v := range settled {
				c.fresh[k] = v
			}
		}
	}
	c.fresh[key] = x
}
