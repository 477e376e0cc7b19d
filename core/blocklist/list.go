// Package blocklist keeps destinations that are left out for a while: they refused a
// connection, were silent for too long, asked for a pause with 503, or a script or an operator put them there.
//
// One list belongs to one server. Transports tell it of failures, transactions and stateless
// forwarding ask it before they send. It is bounded, and may be used from any goroutine.
package blocklist

import (
	"net/netip"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
)

// Reason says why a destination is on the list; reasons combine. The numbers are those that
// scripts and operators of the incumbent use.
type Reason uint8

// The reasons. Bit 1 is not used: the incumbent notes the address family there.
const (
	Send        Reason = 1 << (iota + 1) // a message could not be sent
	Connect                              // a connection could not be opened
	Unreachable                          // the network said so
	Timeout                              // no reply at all came
	Unavailable                          // a 503 reply
	Admin                                // put there by a script or an operator
)

// EntrySize is what an entry counts for, in bytes, when memory use is shown.
const EntrySize = 24

// Options are the core parameters of the list.
type Options struct {
	On     bool                  // use_dst_blocklist
	Expire time.Duration         // dst_blocklist_expire: how long an entry stays; 0: a minute
	Memory int                   // dst_blocklist_mem, in bytes: what does not fit is not blocked; 0: 250 KiB
	Ignore map[flow.Proto]Reason // dst_blocklist_udp_imask and its kin: reasons that do not count
	Clock  clock.Clock
}

// List is the blocklist of a server. A nil List is off.
type List struct {
	opt Options
	max int

	mu      sync.Mutex
	entries map[destination]entry
}

// destination is a transport address; with flow.None it stands for every transport.
type destination struct {
	proto flow.Proto
	addr  netip.AddrPort
}

type entry struct {
	why   Reason
	until time.Time
}

// New makes an empty list.
func New(o Options) *List {
	if o.Expire <= 0 {
		o.Expire = time.Minute
	}
	if o.Memory <= 0 {
		o.Memory = 250 << 10
	}
	return &List{opt: o, max: max(1, o.Memory/EntrySize), entries: map[destination]entry{}}
}

// On tells whether the server uses the list.
func (l *List) On() bool { return l != nil && l.opt.On }

// Add puts a destination on the list for some time (0: dst_blocklist_expire), or gives it a new time and a further
// reason. It gives false if the list is off or full.
func (l *List) Add(f flow.Flow, why Reason, d time.Duration) bool {
	if !l.On() {
		return false
	}
	if d <= 0 {
		d = l.opt.Expire
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now, at := l.opt.Clock.Now(), destinationOf(f)
	old, known := l.entries[at]
	if !known && len(l.entries) >= l.max {
		if l.sweep(now); len(l.entries) >= l.max {
			return false
		}
	}
	if known && now.Before(old.until) {
		why |= old.why
	}
	l.entries[at] = entry{why, now.Add(d)}
	return true
}

// Note puts a destination on the list after a failure, unless the reason is one that does not count
// for its transport, or for the message that was sent.
func (l *List) Note(f flow.Flow, why, ignored Reason, d time.Duration) {
	if !l.On() {
		return
	}
	if why &^= ignored | l.opt.Ignore[f.Proto]; why != 0 {
		l.Add(f, why, d)
	}
}

// Listed is why a destination is to be left out now; 0: it is not.
func (l *List) Listed(f flow.Flow) Reason {
	if !l.On() {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) == 0 {
		return 0
	}
	now, at := l.opt.Clock.Now(), destinationOf(f)
	why := l.entries[at].at(now)
	at.proto = flow.None
	return why | l.entries[at].at(now)
}

func (e entry) at(now time.Time) Reason {
	if now.Before(e.until) {
		return e.why
	}
	return 0
}

// Remove takes a destination off the list, and tells whether it was there.
func (l *List) Remove(f flow.Flow) bool {
	if !l.On() {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	at := destinationOf(f)
	was := l.entries[at].at(l.opt.Clock.Now())
	delete(l.entries, at)
	return was != 0
}

// Clear empties the list.
func (l *List) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.entries)
}

// sweep drops what has expired. The caller holds the lock.
func (l *List) sweep(now time.Time) {
	for at, e := range l.entries {
		if !now.Before(e.until) {
			delete(l.entries, at)
		}
	}
}
