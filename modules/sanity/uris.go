package sanity

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// The URIs that parseURIs reads, as bits of uri_checks.
const (
	checkRequestURI = 1 << iota
	checkFrom
	checkTo
	checkContact
)

func parseURIs(_ *state, m *route.Message, uris int) *fault {
	if uris&checkRequestURI != 0 {
		if _, err := m.URI(); err != nil || !m.IsRequest {
			return &badURI
		}
	}
	if uris&checkFrom != 0 && !readable(m.From()) {
		return &badFrom
	}
	if uris&checkTo != 0 && !readable(m.To()) {
		return &badTo
	}
	if uris&checkContact != 0 {
		return contacts(m)
	}
	return nil
}

func readable(a *sip.NameAddr, err error) bool {
	if err != nil {
		return false
	}
	_, err = a.URI()
	return err == nil
}

func contacts(m *route.Message) *fault {
	h := m.First(sip.HdrContact)
	if h == nil {
		return nil
	}
	for rest := h.Value; rest != ""; {
		var addr sip.NameAddr
		var err error
		if addr, rest, err = sip.ParseNameAddr(rest); err != nil {
			return &badContact
		}
		if addr.URIText == "*" {
			continue
		}
		if _, err := addr.URI(); err != nil {
			return &badContactURI
		}
	}
	return nil
}

func duplicateTags(_ *state, m *route.Message, _ int) *fault {
	from, err := m.From()
	if err != nil {
		return &badFrom
	}
	if tags(from) > 1 {
		return &manyFromTags
	}
	to, err := m.To()
	if err != nil {
		return &badTo
	}
	if tags(to) > 1 {
		return &manyToTags
	}
	return nil
}

func tags(a *sip.NameAddr) (n int) {
	for p := sip.ParseParams(a.Params); p.Next(); {
		if sip.EqualFold(p.Name, "tag") {
			n++
		}
	}
	return n
}
