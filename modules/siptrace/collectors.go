package siptrace

import (
	"fmt"
	"sync"

	"github.com/moonroute/moonroute/kemi"
)

// maxCollectors bounds the destinations that a script names.
const maxCollectors = 64

// others are the capture servers that scripts have named, by their URI.
type others struct {
	mu    sync.Mutex
	byURI map[string]*collector
}

// collectorOf finds or opens a capture server. It may look a name up, for which it lets go of the shard.
func (s *state) collectorOf(c *kemi.Ctx, uri string) (to *collector, err error) {
	s.others.mu.Lock()
	to, full := s.others.byURI[uri], len(s.others.byURI) >= maxCollectors
	s.others.mu.Unlock()
	if to != nil {
		return to, nil
	}
	if full {
		return nil, fmt.Errorf("%d capture servers are in use, and %s is one more", maxCollectors, uri)
	}
	c.Wait(func() { to, err = s.openCollector(uri) })
	if err != nil {
		return nil, err
	}
	s.others.mu.Lock()
	defer s.others.mu.Unlock()
	if s.others.byURI == nil {
		s.others.byURI = map[string]*collector{}
	}
	s.others.byURI[uri] = to
	return to, nil
}
