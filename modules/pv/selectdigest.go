package pv

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// selectDigest looks a parameter of credentials up; the index is their realm.
func selectDigest(t sip.HeaderType) func(step, []step) selector {
	return func(first step, rest []step) selector {
		take := selectInDigest(rest)
		if take == nil || first.key == "" {
			return nil
		}
		return func(_ *kemi.Ctx, m *route.Message) string {
			d, h, err := m.Credentials(t, first.key)
			if err != nil {
				return ""
			}
			return take(&d, h)
		}
	}
}

func selectInDigest(rest []step) func(*sip.Digest, *sip.Header) string {
	switch {
	case len(rest) == 0:
		return func(_ *sip.Digest, h *sip.Header) string { return h.Value }
	case len(rest) == 1:
		name := strings.ReplaceAll(rest[0].name, "_", "-")
		return func(d *sip.Digest, _ *sip.Header) string { value, _ := d.Param(name); return value }
	case len(rest) == 2 && rest[0].name == "username":
		part := digestUser[rest[1].name]
		if part == nil {
			return nil
		}
		return func(d *sip.Digest, _ *sip.Header) string { return part(d.Username) }
	}
	return nil
}

// digestUser are the names below username.
var digestUser = map[string]func(username string) string{
	"user":   func(s string) string { user, _, _ := strings.Cut(s, "@"); return user },
	"domain": func(s string) string { _, domain, _ := strings.Cut(s, "@"); return domain },
}
