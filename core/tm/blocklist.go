package tm

import (
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// maxBlocked bounds a blocklist; what does not fit is not blocked.
const maxBlocked = 4096

// Blocklist holds destinations that asked to be left alone (503 with Retry-After). The tables
// of a server share one; it may be used from any goroutine.
type Blocklist struct {
	mu    sync.Mutex
	until map[destination]time.Time
}

type destination struct {
	proto flow.Proto
	addr  netip.AddrPort
}

// Block leaves a destination out until a time.
func (l *Blocklist) Block(f flow.Flow, now, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.until) >= maxBlocked {
		l.sweep(now)
	}
	if l.until == nil {
		l.until = map[destination]time.Time{}
	}
	if len(l.until) < maxBlocked {
		l.until[destination{f.Proto, f.Remote}] = until
	}
}

func (l *Blocklist) sweep(now time.Time) {
	for d, until := range l.until {
		if !now.Before(until) {
			delete(l.until, d)
		}
	}
}

// Blocked tells whether a destination is to be left out now.
func (l *Blocklist) Blocked(f flow.Flow, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	until, found := l.until[destination{f.Proto, f.Remote}]
	return found && now.Before(until)
}

// UseBlocklist has the table keep and obey a blocklist; only before the server runs.
func (tb *Table) UseBlocklist(l *Blocklist) { tb.blocked = l }

// blocked tells whether the branch's present address is to be left out (blst_methods_lookup).
func (b *Branch) blocked() bool {
	tb := b.t.table
	return tb.blocked != nil && b.t.blocklistMethod(tb.env.Params.Get().BlocklistLookup) && tb.blocked.Blocked(b.flow, tb.env.Clock.Now())
}

// block notes a 503 (blst_503): for as long as it says, within the bounds of the parameters.
func (b *Branch) block(m *route.Message) {
	tb := b.t.table
	v := tb.env.Params.Get()
	if tb.blocked == nil || v.Blocklist503 == 0 || m.Status != 503 || !b.t.blocklistMethod(v.BlocklistAdd) {
		return
	}
	seconds := retryAfter(m, v.BlocklistDefault)
	seconds = min(max(seconds, v.BlocklistMin), v.BlocklistMax)
	if now := tb.env.Clock.Now(); seconds > 0 {
		tb.blocked.Block(b.flow, now, now.Add(time.Duration(seconds)*time.Second))
	}
}

func (t *Transaction) blocklistMethod(mask int) bool { return uint64(mask)&uint64(t.method()) != 0 }

// retryAfter is the number of seconds of a Retry-After header, or def.
func retryAfter(m *route.Message, def int) int {
	h := m.First(sip.HdrRetryAfter)
	if h == nil {
		return def
	}
	text := strings.TrimSpace(h.Value)
	end := strings.IndexFunc(text, func(c rune) bool { return c < '0' || c > '9' })
	if end < 0 {
		end = len(text)
	}
	n, err := strconv.ParseUint(text[:end], 10, 31)
	if err != nil {
		return def
	}
	return int(n)
}
