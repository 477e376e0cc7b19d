package blst

import (
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/kemi"
)

// maxAddresses bounds the list.
const maxAddresses = 10_000

// address is what is on the list: an address and port of one transport.
type address struct {
	proto flow.Proto
	addr  netip.AddrPort
}

// list holds addresses with the Unix second at which each one's time is over.
type list struct {
	mu    sync.Mutex
	until map[address]int64
}

// add puts an address on the list, or gives it a new time. It gives false if the list is full.
func (l *list) add(a address, now, seconds int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, there := l.until[a]; !there && len(l.until) >= maxAddresses {
		l.sweep(now)
		if len(l.until) >= maxAddresses {
			return false
		}
	}
	l.until[a] = now + seconds
	return true
}

// sweep removes what has expired. The caller holds the lock.
func (l *list) sweep(now int64) {
	for a, until := range l.until {
		if until <= now {
			delete(l.until, a)
		}
	}
}

func (l *list) has(a address, now int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.until[a] > now
}

// remove takes an address off the list and tells whether it was there.
func (l *list) remove(a address, now int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.until[a] > now
	delete(l.until, a)
	return was
}

// sourceOf is where the message in hand came from.
func sourceOf(c *kemi.Ctx) (address, bool) {
	if c.Msg == nil || !c.Msg.Flow.Remote.IsValid() {
		return address{}, false
	}
	return address{c.Msg.Flow.Proto, c.Msg.Flow.Remote}, true
}

// retryAfter reads the seconds of a Retry-After header (RFC 3261 20.33).
func retryAfter(c *kemi.Ctx) (int64, bool) {
	if c.Msg == nil {
		return 0, false
	}
	h := c.Msg.Find("Retry-After")
	if h == nil {
		return 0, false
	}
	digits := h.Value
	if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = digits[:end]
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	return int64(n), err == nil
}
