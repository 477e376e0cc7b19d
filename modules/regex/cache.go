package regex

import (
	"strings"
	"sync"

	"github.com/moonroute/moonroute/core/pcre"
)

// maxCached bounds the expressions that are kept. Scripts use the same few again and again; one that makes them from
// messages lets the cache begin anew.
const maxCached = 512

// cache keeps compiled expressions. The zero value is ready.
type cache struct {
	mu   sync.RWMutex
	seen map[string]compiled
}

type compiled struct {
	re  *pcre.Regexp
	err error
}

// get compiles an expression or finds it. It ends at a zero byte, as texts do in the incumbent.
func (c *cache) get(pattern string, f pcre.Flags) (*pcre.Regexp, error) {
	c.mu.RLock()
	e, ok := c.seen[pattern]
	c.mu.RUnlock()
	if !ok {
		e = c.add(strings.Clone(pattern), f) // it may be part of a whole message
	}
	return e.re, e.err
}

func (c *cache) add(pattern string, f pcre.Flags) (e compiled) {
	text, _, _ := strings.Cut(pattern, "\x00")
	e.re, e.err = pcre.Compile(text, f)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil || len(c.seen) >= maxCached {
		c.seen = map[string]compiled{}
	}
	c.seen[pattern] = e
	return e
}
