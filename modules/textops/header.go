package textops

import (
	"strings"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var headerFuncs = funcs{
	{Name: "is_present_hf", Args: "name str", Returns: kemi.Code, Call: (*state).isPresent, Doc: "there is a header of the name: 1 or -1"},
	{Name: "is_present_hf_re", Args: "pattern str", Returns: kemi.Code, Call: (*state).isPresentPattern, Doc: "there is a header whose name matches a regular expression: 1 or -1"},
	{Name: "remove_hf", Args: "name str", Returns: kemi.Code, Call: (*state).remove, Doc: "removes all headers of a name; 1 also if there is none"},
	{Name: "remove_hf_re", Args: "pattern str", Returns: kemi.Code, Call: (*state).removePattern, Doc: "removes the headers whose name matches: 1, or -1 if none does"},
	{Name: "remove_hf_exp", Args: "pattern str, except str", Returns: kemi.Code, Call: (*state).removeExcept, Doc: "removes the headers whose name matches the first pattern and not the second: 1, or -1 if there is none"},
	{Name: "remove_hf_idx", Args: "name str, index int", Returns: kemi.Code, Call: (*state).removeIndex, Doc: "removes one header of a name, negative indexes count from the last: 1, or 2 if there is none"},
	{Name: "remove_hf_match", Args: "name str, operator str, value str", Returns: kemi.Code, Call: (*state).removeMatch, Doc: "removes the headers of a name whose value fits: operator eq, ne, in (contains) or re; 1, -2 if none fits"},
	{Name: "is_privacy", Args: "kind str", Returns: kemi.Code, Call: (*state).isPrivacy, Doc: "Privacy holds a kind (RFC 3323: header, session, user, none, critical; RFC 3325: id; RFC 4244: history): 1 or -1"},
}

func (s *state) isPresent(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return code(a.Str(0) != "" && c.Msg.Find(a.Str(0)) != nil)
}

func (s *state) isPresentPattern(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	re := s.pattern(c, "is_present_hf_re", a.Str(0))
	if re == nil {
		return no
	}
	for i := range c.Msg.Headers {
		if re.MatchString(c.Msg.Headers[i].Name) {
			return yes
		}
	}
	return no
}

func (s *state) remove(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.Str(0) == "" {
		return no
	}
	removeIf(c, a.Str(0), func(*sip.Header) bool { return true })
	return yes
}

// removeIf removes the headers of a name that fit, and tells whether there were any.
func removeIf(c *kemi.Ctx, name string, fits func(*sip.Header) bool) (found bool) {
	for h := c.Msg.Find(name); h != nil; h = c.Msg.Next(h) {
		if fits(h) {
			c.Msg.RemoveHeader(h)
			found = true
		}
	}
	return found
}

func (s *state) removePattern(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	re := s.pattern(c, "remove_hf_re", a.Str(0))
	return code(re != nil && removeNamed(c, re.MatchString))
}

func (s *state) removeExcept(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	re := s.pattern(c, "remove_hf_exp", a.Str(0))
	except := s.pattern(c, "remove_hf_exp", a.Str(1))
	if re == nil || except == nil {
		return no
	}
	return code(removeNamed(c, func(name string) bool { return re.MatchString(name) && !except.MatchString(name) }))
}

// removeNamed removes the headers whose name fits, and tells whether there were any.
func removeNamed(c *kemi.Ctx, fits func(name string) bool) (found bool) {
	for i := range c.Msg.Headers {
		if h := &c.Msg.Headers[i]; fits(h.Name) {
			c.Msg.RemoveHeader(h)
			found = true
		}
	}
	return found
}

// removeIndex gives 1 for a negative index before the first header too, as the incumbent does.
func (s *state) removeIndex(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	name, index := a.Str(0), a.Int(1)
	if name == "" {
		return no
	}
	list := chosen(c, name, "a")
	switch {
	case index < 0 && -index > len(list):
		return yes
	case index >= len(list):
		return second
	case index < 0:
		index += len(list)
	}
	c.Msg.RemoveHeader(list[index])
	return yes
}

func (s *state) removeMatch(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	name, value := a.Str(0), a.Str(2)
	if name == "" {
		return no
	}
	var fits func(*sip.Header) bool
	switch strings.ToLower(a.Str(1)) {
	case "eq":
		fits = func(h *sip.Header) bool { return h.Value == value }
	case "ne":
		fits = func(h *sip.Header) bool { return h.Value != value }
	case "in":
		fits = func(h *sip.Header) bool { return strings.Contains(h.Value, value) }
	case "re":
		re := s.pattern(c, "remove_hf_match", value)
		if re == nil {
			return no
		}
		fits = func(h *sip.Header) bool { return re.MatchString(h.Value) }
	default:
		return no
	}
	if !removeIf(c, name, fits) {
		return failed
	}
	return yes
}

// privacyKinds are the words that a Privacy header may hold.
var privacyKinds = []string{"header", "session", "user", "none", "critical", "id", "history"}

func (s *state) isPrivacy(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	known := false
	for _, kind := range privacyKinds {
		known = known || sip.EqualFold(kind, a.Str(0))
	}
	if !known {
		return no
	}
	for h := c.Msg.First(sip.HdrPrivacy); h != nil; h = c.Msg.Next(h) {
		for word := range strings.FieldsFuncSeq(h.Value, func(r rune) bool { return strings.ContainsRune(";, \t\r\n", r) }) {
			if sip.EqualFold(word, a.Str(0)) {
				return yes
			}
		}
	}
	return no
}
