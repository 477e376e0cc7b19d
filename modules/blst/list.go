package blst

import (
	"strconv"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) add(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.put(c, int64(a.Int(0))) }

func (s *state) addDefault(c *kemi.Ctx, _ *kemi.Args) kemi.Value { return s.put(c, 0) }

// put lists the message's source. It succeeds when the list is off, as in the incumbent.
func (s *state) put(c *kemi.Ctx, seconds int64) kemi.Value {
	switch {
	case !s.list().On():
		return yes
	case !hasSource(c):
		return no
	case !s.list().Add(c.Msg.Flow, blocklist.Admin, time.Duration(seconds)*time.Second):
		c.Log(log.Warn, "blst", "the list is full")
		return no
	}
	return yes
}

func (s *state) addRetryAfter(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if !s.list().On() {
		return yes
	}
	seconds, ok := retryAfter(c)
	if !ok {
		return no
	}
	return s.put(c, min(max(seconds, int64(a.Int(0))), int64(a.Int(1))))
}

func (s *state) remove(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return verdict(hasSource(c) && s.list().Remove(c.Msg.Flow))
}

func (s *state) check(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return verdict(hasSource(c) && s.list().Listed(c.Msg.Flow) != 0)
}

func verdict(b bool) kemi.Value {
	if b {
		return yes
	}
	return no
}

// hasSource tells whether there is a message in hand that came from somewhere.
func hasSource(c *kemi.Ctx) bool { return c.Msg != nil && c.Msg.Flow.Remote.IsValid() }

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
	n, err := strconv.ParseUint(digits, 10, 31)
	return int64(n), err == nil
}
