package registrar

import (
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/kemi"
)

// maxProfiles bounds the profiles of one message.
const maxProfiles = 16

// profile is what reg_fetch_contacts found: $ulc(profile=>attribute) reads it.
type profile struct {
	aor, table string
	contacts   []*location.Contact
}

func (s *state) fetchContacts(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "reg_fetch_contacts", a.Str(0))
	aor := s.aorOf(a.Str(1))
	if t == nil || aor == "" || a.Str(2) == "" {
		return no
	}
	list, err := s.fetch(c, t, aor)
	if err != nil || list == nil {
		return no
	}
	x := s.makeScratch(c)
	if x.profiles == nil {
		x.profiles = map[string]*profile{}
	}
	if len(x.profiles) >= maxProfiles && x.profiles[a.Str(2)] == nil {
		c.Misuse("registrar.reg_fetch_contacts", "too many profiles; free those that are not needed")
		return no
	}
	x.profiles[strings.Clone(a.Str(2))] = &profile{aor, t.Name, list}
	return yes
}

func (s *state) freeContacts(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if x := s.scratchOf(c); x != nil {
		delete(x.profiles, a.Str(0))
	}
	return yes
}

func (s *state) profile(c *kemi.Ctx, name string) *profile {
	if x := s.scratchOf(c); x != nil {
		return x.profiles[name]
	}
	return nil
}

// recordAttributes are what a profile tells of the record as a whole.
var recordAttributes = map[string]func(*profile) kemi.Value{
	"aor":     func(p *profile) kemi.Value { return kemi.Str(p.aor) },
	"domain":  func(p *profile) kemi.Value { return kemi.Str(p.table) },
	"aorhash": func(p *profile) kemi.Value { return kemi.Int64(int64(location.Hash(p.aor) & 0x7fffffff)) },
	"count":   func(p *profile) kemi.Value { return kemi.Int(len(p.contacts)) },
}

// ulcName is the inner name of $ulc, taken apart.
type ulcName struct {
	profile string
	record  func(*profile) kemi.Value          // either this
	contact func(*location.Contact) kemi.Value // or that
}

func parseULC(_ *state, _ *kemi.Registry, inner string) (any, error) {
	name, attribute, ok := strings.Cut(inner, "=>")
	n := &ulcName{name, recordAttributes[attribute], attributes[attribute]}
	if !ok || n.record == nil && n.contact == nil {
		return nil, fmt.Errorf("want PROFILE=>ATTRIBUTE, not %q", inner)
	}
	return n, nil
}

func (s *state) getULC(c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	n := a.Data.(*ulcName)
	p := s.profile(c, n.profile)
	if p == nil {
		return kemi.Null
	}
	if n.record != nil {
		return n.record(p)
	}
	i, ok := a.Index(c)
	if !ok {
		return kemi.Null
	}
	return p.contact(max(i, 0), n.contact)
}

func (p *profile) contact(i int, get func(*location.Contact) kemi.Value) kemi.Value {
	if i < 0 || i >= len(p.contacts) {
		return kemi.Null
	}
	return get(p.contacts[i])
}

func (s *state) ulcRget(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	p, get := s.profile(c, a.Str(0)), recordAttributes[a.Str(1)]
	if p == nil || get == nil {
		return kemi.Null
	}
	return get(p)
}

func (s *state) ulcCget(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	p, get := s.profile(c, a.Str(0)), attributes[a.Str(1)]
	if p == nil || get == nil {
		return kemi.Null
	}
	return p.contact(a.Int(2), get)
}
