package digest

import (
	"crypto/subtle"

	"github.com/moonroute/moonroute/core/route"
)

// appendNonce makes a new nonce for a message (nil: for none in particular).
func (a *Authenticator) appendNonce(dst []byte, m *route.Message) []byte {
	now := a.now()
	n := nonce{since: uint32(now), expire: uint32(now + int64(a.o.NonceExpire))}
	if a.pools != nil {
		a.number(&n, m)
	}
	n.mac = n.sum(a.secrets[0])
	if checks := a.checks(m); checks != 0 {
		n.bound, n.parts = true, checks.sumParts(m, a.secrets[1])
	}
	return n.appendText(dst)
}

// number gives a nonce a number whose use is followed.
func (a *Authenticator) number(n *nonce, m *route.Message) {
	pool := 0
	if m != nil {
		pool = a.pools.of(m.Shard)
	}
	n.number, n.flags = a.pools.next(pool), uint8(pool)
	if a.counts != nil {
		a.counts.begin(n.number, pool)
		n.flags |= flagCounted
	}
	if a.once != nil {
		a.once.begin(n.number, pool)
		n.flags |= flagOnce
	}
}

// checkNonce tells whether a nonce is good for a message: Pending, Failed, Stale or Reused. Note says whether it counts
// as used from now on.
func (a *Authenticator) checkNonce(m *route.Message, text, nc string, note bool) Result {
	checks, now := a.checks(m), a.now()
	n, ok := readNonce(text, checks != 0)
	switch {
	case !ok:
		return Failed
	case a.outOfTime(int64(n.since), now), a.once != nil && n.flags&flagOnce == 0, a.counts != nil && n.flags&flagCounted == 0:
		return Stale // it may be from another run or configuration: the client need not ask its user again
	}
	if mac := n.sum(a.secrets[0]); subtle.ConstantTimeCompare(mac[:], n.mac[:]) != 1 {
		return Failed
	}
	if r, counted := a.checkUse(&n, nc, note); r != Pending || counted {
		return expired(r, &n, now)
	}
	if checks != 0 {
		if parts := checks.sumParts(m, a.secrets[1]); subtle.ConstantTimeCompare(parts[:], n.parts[:]) != 1 {
			return Stale
		}
	}
	return expired(Pending, &n, now)
}

// expired turns what is still pending into stale once the time of the nonce is over.
func expired(r Result, n *nonce, now int64) Result {
	if r == Pending && int64(n.expire) < now {
		return Stale
	}
	return r
}

// outOfTime tells whether a nonce is older than this run, or from too far in the future. A clock that was set back takes
// the start of the run with it.
func (a *Authenticator) outOfTime(since, now int64) bool {
	if since < a.started.Load() {
		if now < a.started.Load() {
			a.started.Store(now)
		}
		if since < now {
			return true
		}
	}
	return since-now > int64(a.o.MaxDrift)
}

// checkUse looks at the uses of a numbered nonce. Where its nonce count is followed, nothing else is (counted): that
// protects against replays while the client keeps its nonce for further requests.
func (a *Authenticator) checkUse(n *nonce, nc string, note bool) (r Result, counted bool) {
	pool := int(n.flags & flagPool)
	if a.counts != nil && nc != "" {
		count, ok := readCount(nc)
		switch {
		case !ok:
			return Failed, true
		case !a.counts.use(n.number, pool, count, note):
			return Stale, true
		}
		return Pending, true
	}
	if a.once != nil && !a.once.use(n.number, pool, note) {
		return Reused, false
	}
	return Pending, false
}
