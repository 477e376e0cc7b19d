package textops

import (
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var searchFuncs = funcs{
	{Name: "search", Args: "pattern str", Returns: kemi.Code, Call: (*state).search, Doc: "a regular expression matches the message, start line and all: 1 or -1; case does not matter, and ^ and $ match at each line"},
	{Name: "search_body", Args: "pattern str", Returns: kemi.Code, Call: (*state).searchBody, Doc: "search in the body"},
	{Name: "search_hf", Args: "name str, pattern str, which str", Returns: kemi.Code, Call: (*state).searchHeader, Doc: "search in the values of the headers of a name: in the first with f, the last with l, else in all"},
	{Name: "search_str", Args: "text str, pattern str", Returns: kemi.Code, Call: (*state).searchText, Doc: "search in a text: 1 or -1; 2 for an empty pattern, -2 for a bad one or an empty text"},
	{Name: "search_append", Args: "pattern str, text str", Returns: kemi.Code, Call: appender(afterStartLine), Doc: "adds a text after the first match behind the start line; -1 if there is none"},
	{Name: "search_append_body", Args: "pattern str, text str", Returns: kemi.Code, Call: appender(body), Doc: "adds a text after the first match in the body; -1 if there is none"},
	{Name: "regex_substring", Args: "text str, pattern str, group int, groups int, variable str", Returns: kemi.Code, Call: (*state).substring, Doc: "stores what a group of a pattern matched in a variable; groups is how many to look at, the whole match, 0, among them: 1, -2 no match, -1 an error. Case matters"},
}

func (s *state) search(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.matches(c, a.Str(0), c.Msg.Raw)
}

func (s *state) searchBody(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	from, to := body(c.Msg)
	return s.matches(c, a.Str(0), c.Msg.Raw[from:to])
}

func (s *state) matches(c *kemi.Ctx, pattern, text string) kemi.Value {
	if re := s.pattern(c, pattern, inText); re != nil && re.MatchString(text) {
		return yes
	}
	return no
}

func (s *state) searchHeader(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	head, _ := findHeader(c, a.Str(0))
	if head == nil || a.Str(1) == "" {
		return no
	}
	re := s.pattern(c, a.Str(1), inText)
	if re == nil {
		return no
	}
	found := no
	each(c, head, a.Str(2), func(h *sip.Header) {
		if re.MatchString(h.Value) {
			found = yes
		}
	})
	return found
}

func (s *state) searchText(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, pattern := a.Str(0), a.Str(1)
	if pattern == "" {
		return kemi.Int(2)
	}
	if text == "" {
		return failed
	}
	re := s.pattern(c, pattern, inText)
	if re == nil {
		return failed
	}
	if re.MatchString(text) {
		return yes
	}
	return no
}

// appender makes a function that adds a text after a match.
func appender(where region) call {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		re := s.pattern(c, a.Str(0), inText)
		if re == nil {
			return no
		}
		from, to := where(c.Msg)
		at := re.FindStringIndex(c.Msg.Raw[from:to])
		if at == nil || from == to {
			return no
		}
		if a.Str(1) != "" {
			edit(c, from+at[1], 0, a.Str(1))
		}
		return yes
	}
}

// noGroup asks only whether the pattern matches.
const noGroup = -1

func (s *state) substring(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	group, groups := a.Int(2), a.Int(3)
	v := s.variable(c, a.Str(4))
	if v == nil || group < noGroup || group >= groups {
		return no
	}
	re := s.pattern(c, a.Str(1), 0)
	if re == nil {
		return no
	}
	at := re.FindStringSubmatchIndex(a.Str(0))
	if at == nil {
		return failed
	}
	if group == noGroup {
		return yes
	}
	if 2*group >= len(at) || at[2*group] == at[2*group+1] {
		return no
	}
	return code(v.Set(c, kemi.Str(a.Str(0)[at[2*group]:at[2*group+1]])))
}

// variable is a variable that a function is to write; nil, with a record, if that is not possible.
func (s *state) variable(c *kemi.Ctx, text string) *kemi.Variable {
	v := s.registry.FindVar(text)
	if v == nil || !v.Writable() {
		c.Misuse("textops", "no variable that can be written: "+text)
		return nil
	}
	return v
}

func code(ok bool) kemi.Value {
	if ok {
		return yes
	}
	return no
}
