package textops

import (
	"regexp"
	"strings"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var headerFuncs = funcs{
	{Name: "is_present_hf", Args: "name str", Returns: kemi.Code, Call: (*state).isPresent, Doc: "there is a header of a name: 1 or -1"},
	{Name: "is_present_hf_re", Args: "pattern str", Returns: kemi.Code, Call: (*state).isPresentRegex, Doc: "there is a header whose name, as it was written, matches a regular expression: 1 or -1"},
	{Name: "remove_hf", Args: "name str", Returns: kemi.Code, Call: (*state).remove, Doc: "removes all headers of a name; 1 also if there is none, -1 for what is no name"},
	{Name: "remove_hf_re", Args: "pattern str", Returns: kemi.Code, Call: (*state).removeRegex, Doc: "removes the headers whose names, as they were written, match a regular expression; -1 if there is none"},
	{Name: "remove_hf_exp", Args: "pattern str, except str", Returns: kemi.Code, Call: (*state).removeRegex, Doc: "remove_hf_re, but those stay whose names match the second regular expression"},
	{Name: "remove_hf_idx", Args: "name str, index int", Returns: kemi.Code, Call: (*state).removeIndex, Doc: "removes the header of a name at an index; negative ones count from the last, -1. 2 if there are not so many, but 1 for a negative index"},
	{Name: "remove_hf_match", Args: "name str, operator str, value str", Returns: kemi.Code, Call: (*state).removeMatch, Doc: "removes the headers of a name by value; operator eq (equal), ne (not equal), in (contains) or re (matches). -2 if there is none, -1 for an error"},
	{Name: "is_privacy", Args: "value str", Returns: kemi.Code, Call: (*state).isPrivacy, Doc: "the Privacy header has a value (RFC 3323): none, user, header, session, critical, id or history; 1 or -1"},
}

// findHeader gives the first header of a name, or nil; ok is false for what is no name.
func findHeader(c *kemi.Ctx, name string) (h *sip.Header, ok bool) {
	if name, ok = sip.HeaderName(name); !ok {
		return nil, false
	}
	return c.Msg.Find(name), true
}

// each calls f for the first header of a name with f, the last with l, else for all.
func each(c *kemi.Ctx, h *sip.Header, which string, f func(*sip.Header)) {
	mode := byte('a')
	if which != "" {
		mode = which[0]
	}
	for next := h; next != nil; next = c.Msg.Next(h) {
		h = next
		if mode != 'l' {
			f(h)
		}
		if mode == 'f' {
			return
		}
	}
	if mode == 'l' {
		f(h)
	}
}

func (s *state) isPresent(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	h, _ := findHeader(c, a.Str(0))
	return code(h != nil)
}

func (s *state) isPresentRegex(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	re := s.pattern(c, a.Str(0), inText)
	if re == nil {
		return no
	}
	c.Msg.ReadHeaders(true)
	for i := range c.Msg.Headers {
		if re.MatchString(c.Msg.Headers[i].Name) {
			return yes
		}
	}
	return no
}

func (s *state) remove(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	h, ok := findHeader(c, a.Str(0))
	for ; h != nil; h = c.Msg.Next(h) {
		c.Msg.RemoveHeader(h)
	}
	return code(ok)
}

func (s *state) removeRegex(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	re := s.pattern(c, a.Str(0), inText)
	if re == nil {
		return no
	}
	var except *regexp.Regexp
	if a.Len() > 1 {
		if except = s.pattern(c, a.Str(1), inText); except == nil {
			return no
		}
	}
	found := no
	c.Msg.ReadHeaders(true)
	for i := range c.Msg.Headers {
		h := &c.Msg.Headers[i]
		if re.MatchString(h.Name) && (except == nil || !except.MatchString(h.Name)) {
			c.Msg.RemoveHeader(h)
			found = yes
		}
	}
	return found
}

// removeIndex takes any text that begins like a name for one: at worst it is not found.
func (s *state) removeIndex(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if sip.HeaderWord(a.Str(0)) == "" {
		return no
	}
	head, _ := findHeader(c, a.Str(0))
	index, missing := a.Int(1), kemi.Int(2)
	if index < 0 {
		missing = yes
		for h := head; h != nil; h = c.Msg.Next(h) {
			index++
		}
		if index < 0 {
			return missing
		}
	}
	for h := head; h != nil; h = c.Msg.Next(h) {
		if index == 0 {
			c.Msg.RemoveHeader(h)
			return yes
		}
		index--
	}
	return missing
}

// operators compare the value of a header. A trailing blank of it counts.
var operators = map[string]func(value, want string) bool{
	"eq": func(value, want string) bool { return value == want },
	"ne": func(value, want string) bool { return value != want },
	"in": func(value, want string) bool { return want != "" && strings.Contains(value, want) },
}

func (s *state) removeMatch(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	h, ok := findHeader(c, a.Str(0))
	fits := s.operator(c, a.Str(1), a.Str(2))
	if !ok || fits == nil {
		return no
	}
	found := failed
	for ; h != nil; h = c.Msg.Next(h) {
		if fits(h.Value, a.Str(2)) {
			c.Msg.RemoveHeader(h)
			found = yes
		}
	}
	return found
}

// operator is a comparison by name, or nil.
func (s *state) operator(c *kemi.Ctx, name, want string) func(value, want string) bool {
	name = strings.ToLower(name)
	if name != "re" {
		return operators[name]
	}
	re := s.pattern(c, want, inText)
	if re == nil {
		return nil
	}
	return func(value, _ string) bool { return re.MatchString(value) }
}

// privacyValues are the values that a Privacy header may have (RFC 3323, 3325, 7044).
var privacyValues = map[string]bool{"none": true, "user": true, "header": true, "session": true, "critical": true, "id": true, "history": true}

func (s *state) isPrivacy(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if !privacyValues[strings.ToLower(a.Str(0))] {
		return no
	}
	h := c.Msg.First(sip.HdrPrivacy)
	if h == nil {
		return no
	}
	for value := range strings.FieldsFuncSeq(h.Value, func(r rune) bool { return r == ';' || r == ',' }) {
		if sip.EqualFold(strings.TrimSpace(value), a.Str(0)) {
			return yes
		}
	}
	return no
}
