// Package resolve turns the host of a URI into addresses (RFC 3263): literal addresses by
// themselves, names by a resolver with a bounded cache. Query asks the DNS for single records.
package resolve

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// Hop is what a URI says of the next hop.
type Hop struct {
	Host       string // a name or an address without brackets
	Port       uint16 // filled with the protocol's default
	Proto      flow.Proto
	ProtoGiven bool // the URI named the transport
	PortGiven  bool // the URI named the port
}

// Target is one address of a hop.
type Target struct {
	Proto flow.Proto
	Addr  netip.AddrPort
}

// Resolver finds the addresses of a hop, best first. Its methods may be called from any goroutine.
type Resolver interface {
	// Cached answers at once; ok is false if the name has to be looked up.
	Cached(h Hop) (targets []Target, ok bool, err error)
	// Lookup may block until ctx ends.
	Lookup(ctx context.Context, h Hop) ([]Target, error)
}

// System is a resolver that asks the machine's for A and AAAA records.
func System() Resolver {
	return &cached{lookup: net.DefaultResolver.LookupNetIP, names: map[string]answer{}, now: time.Now}
}

const (
	keepFound   = 60 * time.Second
	keepMissing = 5 * time.Second
	maxNames    = 10000
)

type answer struct {
	addrs []netip.Addr
	err   error
	until time.Time // zero: for ever
}

// Pinner is a resolver that can be told answers in advance.
type Pinner interface {
	// Pin makes a name resolve to the addresses, or to nothing if there are none; for ever if keep is 0.
	Pin(host string, addrs []netip.Addr, keep time.Duration)
}

// Pin implements Pinner.
func (c *cached) Pin(host string, addrs []netip.Addr, keep time.Duration) {
	a := answer{addrs: addrs}
	if len(addrs) == 0 {
		a.err = fmt.Errorf("resolve %s: it is configured to have no address", host)
	}
	if keep > 0 {
		a.until = c.now().Add(keep)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names[host] = a
}

type cached struct {
	lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
	now    func() time.Time

	mu    sync.Mutex
	names map[string]answer
}

// Cached implements Resolver.
func (c *cached) Cached(h Hop) ([]Target, bool, error) {
	c.mu.Lock()
	a, ok := c.names[h.Host]
	c.mu.Unlock()
	if !ok || !a.until.IsZero() && c.now().After(a.until) {
		return nil, false, nil
	}
	return targets(h, a.addrs), true, a.err
}

// Lookup implements Resolver.
func (c *cached) Lookup(ctx context.Context, h Hop) ([]Target, error) {
	addrs, err := c.lookup(ctx, "ip", h.Host)
	keep := keepFound
	if err != nil {
		err = fmt.Errorf("resolve %s: %w", h.Host, err)
		keep = keepMissing
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.names) >= maxNames {
		maps.DeleteFunc(c.names, func(_ string, a answer) bool { return !a.until.IsZero() })
	}
	c.names[h.Host] = answer{addrs, err, c.now().Add(keep)}
	return targets(h, addrs), err
}

// targets puts IPv4 first, as the incumbent does without dns_try_ipv6 preference.
func targets(h Hop, addrs []netip.Addr) []Target {
	var v4, v6 []Target
	for _, a := range addrs {
		t := Target{Proto: h.Proto, Addr: netip.AddrPortFrom(a.Unmap(), h.Port)}
		if t.Addr.Addr().Is4() {
			v4 = append(v4, t)
		} else {
			v6 = append(v6, t)
		}
	}
	return append(v4, v6...)
}
