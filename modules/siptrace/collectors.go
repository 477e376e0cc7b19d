package siptrace

import (
	"fmt"
	"strings"
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
	to, err = s.others.get(uri)
	if to != nil || err != nil {
		return to, err
	}
	c.Wait(func() { to, err = s.openCollector(uri) })
	if err != nil {
		return nil, err
	}
	use, err := s.others.add(uri, to)
	if use != to { // another message was faster
		to.conn.Close()
		return use, err
	}
	s.server.Go(to.run)
	return to, nil
}

// get finds a capture server; nil if it is not open yet, and an error if no more may be opened.
func (o *others) get(uri string) (*collector, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.find(uri)
}

func (o *others) find(uri string) (*collector, error) {
	to := o.byURI[uri]
	if to == nil && len(o.byURI) >= maxCollectors {
		return nil, fmt.Errorf("%d capture servers are in use, and %s is one more", maxCollectors, uri)
	}
	return to, nil
}

// add enters a capture server unless somebody did so meanwhile, and gives the one to use.
func (o *others) add(uri string, to *collector) (*collector, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if other, err := o.find(uri); other != nil || err != nil {
		return other, err
	}
	if o.byURI == nil {
		o.byURI = map[string]*collector{}
	}
	o.byURI[strings.Clone(uri)] = to
	return to, nil
}
