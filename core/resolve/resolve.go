// Package resolve turns the host of a URI into addresses (RFC 3263): literal addresses by
// themselves, names by NAPTR, SRV, A and AAAA records out of a bounded cache, in the order that
// the core parameters ask for. Query asks the DNS for single records.
package resolve

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
)

// Hop is what a URI says of the next hop.
type Hop struct {
	Host       string // a name or an address without brackets
	Port       uint16 // filled with the protocol's default
	Proto      flow.Proto
	ProtoGiven bool // the URI named the transport, or is a sips one
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

// Source answers single questions. It is called from many goroutines and may block until ctx ends.
type Source interface {
	Ask(ctx context.Context, name string, want Type) ([]Record, error)
}

// ErrNoAddress says that a name leads nowhere; it is wrapped with the name.
var ErrNoAddress = errors.New("no address")

// Options is what a resolver is made of.
type Options struct {
	Values
	Source Source          // nil: the servers of the machine's configuration
	Clock  clock.Clock     // nil: the machine's
	Random func() uint32   // for the weights of SRV records; nil: the runtime's generator
	Hosts  string          // the machine's own table of names; empty: none
	Protos []flow.Proto    // what the server can send by; nil: UDP, TCP and TLS
	Slow   func(SlowQuery) // told of answers that took long (dns_slow_query_ms); may be nil
}

// SlowQuery is a question whose answer took long.
type SlowQuery struct {
	Name string
	Type Type
	Took time.Duration
}

// Stats counts the questions that the DNS was asked. Anybody may read the fields at any time.
type Stats struct {
	Failed atomic.Uint64 // those that no record came for: no such name, no record of the type, no answer
	Slow   atomic.Uint64 // those whose answer took long (dns_slow_query_ms)
}

// DNS is the resolver of a server: RFC 3263 over a cache.
type DNS struct {
	Stats Stats

	opt    Options
	values atomic.Pointer[Values]
	change sync.Mutex // orders changes of values
	cache  cache
	hosts  hosts
	down   atomic.Bool
}

// New makes a resolver with an empty cache.
func New(o Options) *DNS {
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Protos == nil {
		o.Protos = []flow.Proto{flow.UDP, flow.TCP, flow.TLS}
	}
	o.Protos = slices.Compact(slices.Sorted(slices.Values(o.Protos)))
	d := &DNS{opt: o, hosts: hosts{file: o.Hosts}}
	if d.opt.Source == nil {
		d.opt.Source = newClient(resolverFile, d.Values)
	}
	d.values.Store(&o.Values)
	d.cache.init(o.Clock, d.Values)
	d.hosts.refresh()
	return d
}

// Values are the present parameters; the caller must not change them.
func (d *DNS) Values() *Values { return d.values.Load() }

// Change lets edit change a copy of the parameters, which then takes effect (cfg.set).
func (d *DNS) Change(edit func(*Values)) {
	d.change.Lock()
	defer d.change.Unlock()
	v := *d.Values()
	edit(&v)
	d.values.Store(&v)
}

// failsOver tells whether all addresses of a hop are wanted.
func (v *Values) failsOver() bool { return v.Failover && v.Cache }

// SetDown says whether the DNS servers are known to be away: then nothing is asked, and what
// has expired is still used (dns.set_server_state).
func (d *DNS) SetDown(down bool) { d.down.Store(down) }

// Down tells what SetDown said last.
func (d *DNS) Down() bool { return d.down.Load() }

// Cached implements Resolver.
func (d *DNS) Cached(h Hop) ([]Target, bool, error) {
	v := d.Values()
	w := walk{d: d, v: v, get: d.known}
	list, err := w.targets(h)
	if errors.Is(err, errUnknown) {
		return nil, false, nil
	}
	return list, true, err
}

// Lookup implements Resolver.
func (d *DNS) Lookup(ctx context.Context, h Hop) ([]Target, error) {
	d.hosts.refresh()
	warmed := map[key]found{} // what the cache may not keep: a time to live of 0
	w := walk{d: d, v: d.Values(), get: func(k key) ([]Record, error) {
		if f, ok := warmed[k]; ok {
			return f.records, f.err
		}
		return d.ask(ctx, k)
	}}
	w.warm = func(keys []key) { maps.Copy(warmed, d.warm(ctx, keys)) }
	return w.targets(h)
}

// errUnknown says that the DNS has to be asked.
var errUnknown = errors.New("not in the cache")

// known answers out of the cache.
func (d *DNS) known(k key) ([]Record, error) {
	list, ok, err := d.cache.get(k, d.Down())
	if ok {
		return list, err
	}
	if d.Down() {
		return nil, ErrDown
	}
	return nil, errUnknown
}
