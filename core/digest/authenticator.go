package digest

import (
	"crypto/rand"
	"strings"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// Options are the settings of an Authenticator, which are parameters of the auth module.
type Options struct {
	Clock clock.Clock

	Secret      string // of the nonces; empty: a random one
	NonceExpire int    // seconds
	MaxDrift    int    // seconds that a nonce may come from the future

	Register, NoDialog, InDialog Checks // parts of requests that nonces are bound to

	RealmPrefix string // taken off realms
	Algorithms  string // asked for, with commas, the preferred one first; empty: MD5, which is not named then
	Info        bool   // prove to the client that the server knows the password too (RFC 7616 3.5)

	Followed
}

// Followed says how the use of nonces is followed. Sizes are rounded down to powers of two; 0 is the default.
type Followed struct {
	NonceCount bool // a nonce count must be higher than those before
	OneTime    bool // a nonce may be used once
	Pools      int  // parts of the arrays, each for some of the shards

	CountSize, CountOrder     int // nonces in flight, or the exponent of that
	OneTimeSize, OneTimeOrder int
}

// Authenticator challenges requests and checks credentials. Any shard may use it, and nothing of it blocks.
type Authenticator struct {
	o       Options
	secrets [2]string    // of the times, and of the parts of the request
	started atomic.Int64 // Unix time; nonces from before are stale
	offer   atomic.Pointer[offer]
	pools   pools
	counts  *counts // nil: not followed
	once    *once   // nil: not followed
}

// New makes an Authenticator; the error names the setting that cannot be.
func New(o Options) (*Authenticator, error) {
	a := &Authenticator{o: o}
	a.started.Store(a.now())
	a.chooseSecrets()
	offer, err := readOffer(o.Algorithms)
	if err != nil {
		return nil, err
	}
	a.offer.Store(offer)
	return a, a.follow(&o.Followed)
}

// chooseSecrets takes a configured secret whole, or one half for each hash if there are two.
func (a *Authenticator) chooseSecrets() {
	secret := a.o.Secret
	switch half := (len(secret) + 1) / 2; {
	case secret == "":
		a.secrets = [2]string{rand.Text() + rand.Text(), rand.Text() + rand.Text()}
	case a.o.Register|a.o.NoDialog|a.o.InDialog != 0:
		a.secrets = [2]string{secret[:half], secret[half:]}
	default:
		a.secrets = [2]string{secret}
	}
}

// follow makes the arrays that are asked for.
func (a *Authenticator) follow(f *Followed) error {
	if !f.NonceCount && !f.OneTime {
		return nil
	}
	a.pools = newPools(f.Pools)
	if f.NonceCount {
		plan, err := newPartition(a.pools, "nc_array_size", f.CountSize, f.CountOrder, 1)
		if err != nil {
			return err
		}
		a.counts = newCounts(plan)
	}
	if f.OneTime {
		plan, err := newPartition(a.pools, "otn_in_flight_no", f.OneTimeSize, f.OneTimeOrder, 32)
		if err != nil {
			return err
		}
		a.once = newOnce(plan)
	}
	return nil
}

func (a *Authenticator) now() int64 { return a.o.Clock.Now().Unix() }

// Realm is a realm without the configured prefix.
func (a *Authenticator) Realm(realm string) string { return strings.TrimPrefix(realm, a.o.RealmPrefix) }

// checks are the parts of a request that its nonce is bound to; none without a message.
func (a *Authenticator) checks(m *route.Message) Checks {
	switch {
	case m == nil:
		return 0
	case m.Method == sip.MethodRegister:
		return a.o.Register
	}
	if to, err := m.To(); err == nil && to.Tag != "" {
		return a.o.InDialog
	}
	return a.o.NoDialog
}
