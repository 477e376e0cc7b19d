package registrar

import (
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) registered(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return no
	}
	return s.isRegistered(c, a.Str(0), c.Msg.CurrentURI(), 0, 0)
}

func (s *state) registeredURI(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	match, action := 0, 0
	if a.Len() > 2 {
		match = a.Int(2)
	}
	if a.Len() > 3 {
		action = a.Int(3)
	}
	return s.isRegistered(c, a.Str(0), a.Str(1), match, action)
}

// What registered_action does with the contact it found.
const (
	restoreAttrs = 1 // gives the script what was kept with the contact (xavp_contact)
	skipRecord   = 2 // leaves xavp_rcd as it is
)

func (s *state) isRegistered(c *kemi.Ctx, table, uri string, match, action int) kemi.Value {
	t := s.table(c, "registered", table)
	if t == nil {
		return no
	}
	now := s.now()
	list, err := s.fetch(c, t, s.aorOf(uri))
	if err != nil {
		return no
	}
	for _, x := range list {
		if x.Valid(now) && s.matches(c.Msg, x, match) {
			s.show(c.Msg, x, action)
			return yes
		}
	}
	return no
}

func (s *state) show(m *route.Message, x *location.Contact, action int) {
	if m == nil {
		return
	}
	if action&skipRecord == 0 {
		s.tell(m, x)
	}
	if action&restoreAttrs != 0 {
		s.giveAttrs(m, x)
	}
}

// aorOf is the address of record of a URI; empty if it has none.
func (s *state) aorOf(uri string) string {
	u, err := sip.ParseURI(uri)
	if err != nil {
		return ""
	}
	return s.location.Rules.AOR(&u)
}

// matchFields are what the bits of registered_flags compare with fields of xavp_cfg.
var matchFields = []struct {
	bit   int
	field string
	value func(*location.Contact) string
}{
	{1, "match_callid", func(c *location.Contact) string { return c.CallID }},
	{2, "match_received", func(c *location.Contact) string { return c.Received }},
	{4, "match_contact", func(c *location.Contact) string { return c.URI }},
}

func (s *state) matches(m *route.Message, x *location.Contact, match int) bool {
	for _, f := range matchFields {
		if match&f.bit == 0 {
			continue
		}
		if want, ok := s.setting(m, f.field); ok && !want.IsNum && want.Text != f.value(x) {
			return false
		}
	}
	return true
}

// regFromUser compares the source of the request with where the user's contacts are reached.
func (s *state) regFromUser(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "reg_from_user", a.Str(0))
	if t == nil || c.Msg == nil {
		return no
	}
	now, remote := s.now(), c.Msg.Flow.Remote
	list, err := s.fetch(c, t, s.aorOf(a.Str(1)))
	if err != nil {
		return no
	}
	for _, x := range list {
		if x.Valid(now) && reachedAt(x) == remote {
			return yes
		}
	}
	return no
}

// reachedAt is the address that a contact is reached at, if its URI has a literal one.
func reachedAt(c *location.Contact) netip.AddrPort {
	text := c.Received
	if text == "" {
		text = c.URI
	}
	u, err := sip.ParseURI(text)
	if err != nil {
		return netip.AddrPort{}
	}
	addr, err := netip.ParseAddr(strings.Trim(u.Host, "[]"))
	if err != nil {
		return netip.AddrPort{}
	}
	port := u.PortNum
	if port == 0 {
		port = 5060
	}
	return netip.AddrPortFrom(addr, port)
}

func (s *state) unregister(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "unregister", a.Str(0))
	aor := s.aorOf(a.Str(1))
	if t == nil || aor == "" {
		return no
	}
	_, err := s.update(c, t, aor, func(u *location.Update) (int, error) {
		u.DeleteAll()
		return removed, nil
	})
	if err != nil {
		complain(c, "unregister", err)
		return no
	}
	return yes
}

func (s *state) unregisterRUID(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "unregister_ruid", a.Str(0))
	aor := s.aorOf(a.Str(1))
	if t != nil && aor == "" && t.Asks() { // the id is enough for a database
		ruid := a.Str(2)
		aor, _ = bounded(c, &s.gate, func() string {
			owner, _ := t.OwnerOf(ruid) // an error leaves it empty
			return owner
		})
	}
	if t == nil || aor == "" {
		return no
	}
	ruid := a.Str(2)
	result, err := s.update(c, t, aor, func(u *location.Update) (int, error) {
		for _, x := range u.Contacts() {
			if x.RUID == ruid {
				u.Delete(x)
				return removed, nil
			}
		}
		return 0, nil
	})
	switch {
	case err != nil:
		complain(c, "unregister_ruid", err)
		return no
	case result == removed:
		return yes
	}
	return failed
}

// addSockHdr adds a header behind the others.
func (s *state) addSockHdr(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	name := a.Str(0)
	if c.Msg == nil || name == "" || c.Msg.Flow.Local == nil {
		return no
	}
	c.Msg.Edits.Add(route.Edit{At: c.Msg.HeadersEnd, Text: name + ": " + c.Msg.Flow.Local.String() + "\r\n"})
	return yes
}
