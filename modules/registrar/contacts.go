package registrar

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// readContacts reads the Contact headers.
func (s *state) readContacts(c *kemi.Ctx, r *registration) error {
	m := c.Msg
	first := m.First(sip.HdrContact)
	for h := first; h != nil; h = m.Next(h) {
		if strings.HasPrefix(h.Value, "*") {
			return s.readStar(m, r, first)
		}
	}
	for h := first; h != nil; h = m.Next(h) {
		if err := s.readHeader(c, r, h.Value); err != nil {
			return err
		}
	}
	return nil
}

// readStar accepts "*" only alone and with a lifetime of 0 (RFC 3261 10.2.2). What follows
// the star in its own header is not looked at, as in the incumbent.
func (s *state) readStar(m *route.Message, r *registration, first *sip.Header) error {
	if !strings.HasPrefix(first.Value, "*") || m.Next(first) != nil {
		return errStarMixed
	}
	if n, ok, err := m.Expires(); !ok || err != nil || n != 0 {
		return errStarExpires
	}
	r.star = true
	return nil
}

// readHeader reads the contacts of one header. The incumbent keeps those of one header in
// reverse order, and clients see it in the reply.
func (s *state) readHeader(c *kemi.Ctx, r *registration, value string) error {
	at := len(r.bindings)
	for value != "" {
		addr, rest, err := sip.ParseNameAddr(value)
		if err != nil || strings.IndexByte(addr.URIText, ':') <= 0 && !addr.HasBrackets {
			return errContact
		}
		b, err := s.binding(c, r, &addr)
		if err != nil {
			return err
		}
		r.bindings = append(r.bindings, b)
		value = rest
	}
	slices.Reverse(r.bindings[at:])
	return nil
}

// binding reads one contact.
func (s *state) binding(c *kemi.Ctx, r *registration, addr *sip.NameAddr) (b binding, err error) {
	b.contact = r.common
	x := &b.contact
	if x.URI = addr.URIText; len(x.URI) > s.contactMaxSize {
		return b, errContactSize
	}
	x.Q = int16(s.defaultQ.Get())
	lifetime := ""
	for p := sip.ParseParams(addr.Params); p.Next(); {
		if sip.EqualFold(p.Name, "expires") {
			lifetime = p.Value
			continue
		}
		if err := s.contactParam(x, &p.Param); err != nil {
			return b, err
		}
	}
	if x.Instance == "" {
		x.RegID = 0 // a reg-id without an instance has no meaning (RFC 5626 4.2)
	}
	if q := s.qOverride(c); q != location.QUnset {
		x.Q = q
	}
	if q := s.number(c.Msg, "q", location.QUnset); q >= 0 && q <= 1000 {
		x.Q = int16(q)
	}
	b.lifetime, err = s.lifetime(c.Msg, lifetime, r.exact)
	if b.lifetime > 0 {
		x.Expires = x.LastModified + b.lifetime
	}
	return b, err
}

// contactParam reads one parameter of a contact.
func (s *state) contactParam(x *location.Contact, p *sip.Param) error {
	switch {
	case sip.EqualFold(p.Name, "q"):
		q, ok := parseQ(p.Value)
		if !ok {
			return errQ
		}
		x.Q = q
	case sip.EqualFold(p.Name, "methods"):
		x.Methods = uint32(allowed(p.Value))
	case sip.EqualFold(p.Name, "+sip.instance"):
		x.Instance = p.Value
	case sip.EqualFold(p.Name, "reg-id"):
		n, ok := seconds(p.Value)
		if !ok || n == 0 || n >= 1<<31 {
			return errRegID
		}
		x.RegID = int32(n)
	case sip.EqualFold(p.Name, "received") && p.Value != "" && x.Path == "":
		x.Received = p.Value
	}
	return nil
}

// lifetime is the seconds that a contact is kept, from its expires parameter, else from the
// Expires header, else the default (RFC 3261 10.3 step 7). Unless it is to be exact, it varies
// as the parameters say.
func (s *state) lifetime(m *route.Message, param string, exact bool) (int64, error) {
	n, ok := seconds(param)
	if !ok {
		header, has, err := m.Expires()
		n, ok = int64(header), has && err == nil
	}
	if forced := s.number(m, "expires", -1); forced >= 0 {
		n, ok = int64(forced), true
	}
	if !ok {
		n = s.defaultLifetime(exact)
	}
	if n == 0 {
		return 0, nil
	}
	if least := s.minExpires.Get(); n < int64(least) {
		if s.minExpiresMode != 0 {
			return 0, tooBrief(least)
		}
		n = int64(least)
	}
	if most := s.maxExpires.Get(); most > 0 {
		n = min(n, int64(most))
	}
	if exact {
		return n, nil
	}
	return max(vary(n, s.expiresRange.Get(), 1), 1), nil
}

func (s *state) defaultLifetime(exact bool) int64 {
	n, width := int64(s.defaultExpires.Get()), s.defaultExpiresRange.Get()
	if exact {
		return n
	}
	return vary(n, width, 2) + n*int64(width)/100
}

// vary takes a random part of times*percent from n.
func vary(n int64, percent, times int) int64 {
	if width := n * int64(percent) * int64(times) / 100; width > 0 {
		return n - rand.Int64N(width+1)
	}
	return n
}

// qOverride is what set_q_override asked for.
func (s *state) qOverride(c *kemi.Ctx) int16 {
	if x := s.scratchOf(c); x != nil {
		return x.q
	}
	return location.QUnset
}

func (s *state) setQOverride(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	q, ok := parseQ(a.Str(0))
	if !ok {
		c.Misuse("registrar.set_q_override", "want a number from 0 to 1")
		return no
	}
	s.makeScratch(c).q = q
	return yes
}
