package ipops

import (
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/kemi"
)

// container is a kind of results.
type container uint8

const (
	dnsContainer container = iota
	srvContainer
	naptrContainer
	ptrContainer
)

// containerName is a container with the id that the script gave it.
type containerName struct {
	kind container
	id   string
}

// result is what a lookup found. Which field counts depends on the container.
type result struct {
	addrs   []netip.Addr
	records []resolve.Record
	ip      string // of a PTR query
	name    string // of a PTR query
}

// Bounds of the ids that scripts make up.
const (
	maxNamed   = 4096 // in the whole server
	maxResults = 128  // of one message
)

type results = map[containerName]result

// resultsOf finds the results of the message in hand, or of the shard in events without one.
func (s *state) resultsOf(c *kemi.Ctx) results {
	kept := c.Shard.Local
	if c.Msg != nil {
		kept = c.Msg.Extra
	}
	r, _ := kept[s].(results)
	return r
}

// keep stores what a lookup found.
func (s *state) keep(c *kemi.Ctx, kind container, id string, found result) {
	r := s.resultsOf(c)
	if r == nil {
		r = results{}
		s.makeResults(c, r)
	}
	name := containerName{kind, strings.Clone(id)}
	if _, known := r[name]; !known && len(r) >= maxResults {
		clear(r)
	}
	r[name] = found
}

func (s *state) makeResults(c *kemi.Ctx, r results) {
	switch {
	case c.Msg == nil:
		c.Shard.Local[s] = r
		return
	case c.Msg.Extra == nil:
		c.Msg.Extra = map[any]any{}
	}
	c.Msg.Extra[s] = r
}

// declare notes that the script has named a container in a variable; SRV, NAPTR and PTR queries want that, as in the incumbent.
func (s *state) declare(kind container, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.named) >= maxNamed {
		return errTooMany
	}
	s.named[containerName{kind, strings.Clone(id)}] = true
	return nil
}

func (s *state) declared(kind container, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.named[containerName{kind, id}]
}
