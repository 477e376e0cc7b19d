package hdr

import (
	"strings"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// matcher tells whether the value of a header fits.
type matcher func(value string) bool

// matchers are the operators of match_content. A trailing blank of a value counts only for re.
var matchers = map[string]func(s *state, want string) matcher{
	"eq": func(_ *state, want string) matcher { return func(v string) bool { return trim(v) == want } },
	// ne compares lengths, as in the incumbent: a text of the same length is never unequal there.
	"ne": func(_ *state, want string) matcher { return func(v string) bool { return len(trim(v)) != len(want) } },
	"sw": func(_ *state, want string) matcher {
		return func(v string) bool { return strings.HasPrefix(trim(v), want) }
	},
	"in": func(_ *state, want string) matcher {
		return func(v string) bool { return strings.Contains(trim(v), want) }
	},
	"re": func(s *state, want string) matcher {
		re, err := s.patterns.Get(want, 0)
		if err != nil {
			return nil
		}
		return re.MatchString
	},
}

func trim(s string) string { return strings.TrimRight(s, " \t\r\n") }

func (s *state) matchContent(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	first := find(c, a.Str(0))
	operator := matchers[strings.ToLower(a.Str(1))]
	if first == nil || operator == nil {
		return kemi.Bool(false)
	}
	fits := operator(s, a.Str(2))
	if fits == nil {
		c.Misuse("hdr.match_content", "bad regular expression: "+a.Str(2))
		return kemi.Bool(false)
	}
	switch strings.ToLower(a.Str(3)) {
	case "f":
		return kemi.Bool(fits(first.Value))
	case "l":
		return kemi.Bool(fits(last(c, first).Value))
	case "a":
		return kemi.Bool(all(c, first, fits))
	}
	return kemi.Bool(false)
}

func last(c *kemi.Ctx, h *sip.Header) *sip.Header {
	for next := h; next != nil; next = c.Msg.Next(h) {
		h = next
	}
	return h
}

func all(c *kemi.Ctx, h *sip.Header, fits matcher) bool {
	for ; h != nil; h = c.Msg.Next(h) {
		if !fits(h.Value) {
			return false
		}
	}
	return true
}
