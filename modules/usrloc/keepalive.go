package usrloc

import "github.com/moonroute/moonroute/core/location"

// keepalive sends requests to contacts, so that the paths through NATs stay open.
type keepalive struct {
	mode, filter, interval, randomize, timeout, logLevel int
	from, domain, method, logText, codes                 string
}

func (k *keepalive) start(*state) error { return nil }

func (k *keepalive) answer(c *location.Contact) (at, roundtrip int64) { return c.LastModified, 0 }
