package blocklist

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

func destinationOf(f flow.Flow) destination {
	return destination{f.Proto, netip.AddrPortFrom(f.Remote.Addr().Unmap(), f.Remote.Port())}
}

// Entry is a destination on the list, as operators see it.
type Entry struct {
	Proto flow.Proto // flow.None: every transport
	Addr  netip.AddrPort
	Why   Reason
	Left  time.Duration
}

// Entries are the destinations that are left out now, in the order of their addresses.
func (l *List) Entries() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.opt.Clock.Now()
	l.sweep(now)
	list := make([]Entry, 0, len(l.entries))
	for at, e := range l.entries {
		list = append(list, Entry{at.proto, at.addr, e.why, e.until.Sub(now)})
	}
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(a.Addr.Compare(b.Addr), cmp.Compare(a.Proto, b.Proto))
	})
	return list
}

// Memory is what the entries take of what they may, both in bytes.
func (l *List) Memory() (used, limit int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.entries) * EntrySize, l.opt.Memory
}
