package msilo

import (
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// registrations remembers whose messages were asked for lately. A message that is on its way into the silo while its
// owner registers is missed by that dump: the script found nobody to send it to, and the dump nothing to send.
type registrations struct {
	clock clock.Clock

	mu      sync.Mutex
	recent  map[owner]asked
	earlier map[owner]asked // of the period before
	began   time.Time       // the period
}

// asked is the last dump of an owner.
type asked struct {
	at      time.Time
	headers string // extra_hdrs
}

const (
	// meeting is how long a message may be under way before it is stored: a script may try the phone first.
	meeting = time.Minute
	// maxAsked is how many owners are remembered in a period. Where more register, the first ones count.
	maxAsked = 65536
)

func (r *registrations) init(clock clock.Clock) { r.clock, r.began = clock, clock.Now() }

// note remembers that an owner's messages are asked for.
func (r *registrations) note(name owner, headers string) {
	now := r.clock.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn(now)
	if _, known := r.recent[name]; !known && len(r.recent) >= maxAsked {
		return
	}
	if r.recent == nil {
		r.recent = map[owner]asked{}
	}
	r.recent[name] = asked{now, headers}
}

// turn begins a new period when the present one is over.
func (r *registrations) turn(now time.Time) {
	switch age := now.Sub(r.began); {
	case age < meeting:
		return
	case age < 2*meeting:
		r.earlier = r.recent
	default:
		r.earlier = nil
	}
	r.recent, r.began = nil, now
}

// since tells whether an owner's messages were asked for after an instant.
func (r *registrations) since(name owner, at time.Time) (headers string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, known := r.recent[name]
	if !known {
		a, known = r.earlier[name]
	}
	return a.headers, known && a.at.After(at)
}

// meet sends a message that was stored when its owner had just registered.
func (s *state) meet(c *kemi.Ctx, user, host string) {
	headers, ok := s.registrations.since(owner{user, host}, c.Msg.Received)
	if !ok {
		return
	}
	b := &mailbox{user: user, host: host, shard: c.Shard, headers: headers, credit: window}
	switch s.mailboxes.enter(b) {
	case begun:
		s.mailboxes.reads <- b
	case refused:
		c.Log(log.Warn, "msilo", "too many mailboxes are being sent: that of "+user+"@"+host+" waits for the next registration")
	}
}
