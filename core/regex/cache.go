package regex

import (
	"regexp"
	"strings"
	"sync"
)

// maxCached bounds the patterns that a Cache keeps. Scripts use the same few again and again; one that builds them
// from messages makes the cache start anew.
const maxCached = 512

// Cache keeps compiled patterns. The zero value is ready, and any goroutine may use it.
type Cache struct {
	mu   sync.RWMutex
	seen map[cacheKey]cacheEntry
}

type cacheKey struct {
	pattern string
	flags   Flags
}

type cacheEntry struct {
	re  *regexp.Regexp
	err error
}

// Get is Compile with a memory. Errors are remembered too.
func (c *Cache) Get(pattern string, f Flags) (*regexp.Regexp, error) {
	c.mu.RLock()
	e, ok := c.seen[cacheKey{pattern, f}]
	c.mu.RUnlock()
	if !ok {
		e = c.add(pattern, f)
	}
	return e.re, e.err
}

func (c *Cache) add(pattern string, f Flags) (e cacheEntry) {
	pattern = strings.Clone(pattern) // it may be part of a whole message
	e.re, e.err = Compile(pattern, f)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil || len(c.seen) >= maxCached {
		c.seen = map[cacheKey]cacheEntry{}
	}
	c.seen[cacheKey{pattern, f}] = e
	return e
}
