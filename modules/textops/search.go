package textops

import (
	"regexp"
	"strings"

	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var searchFuncs = funcs{
	{Name: "search", Args: "pattern str", Returns: kemi.Code, Call: (*state).search, Doc: "the message matches a regular expression: 1 or -1; case does not matter, ^ and $ match at lines"},
	{Name: "search_body", Args: "pattern str", Returns: kemi.Code, Call: (*state).searchBody, Doc: "search in the body"},
	{Name: "search_hf", Args: "name str, pattern str, mode str", Returns: kemi.Code, Call: (*state).searchHeader, Doc: "search in the values of headers of a name: mode f the first, l the last, any other all of them"},
	{Name: "search_str", Args: "text str, pattern str", Returns: kemi.Code, Call: (*state).searchText, Doc: "search in a text: 1 or -1; 2 for an empty pattern, -2 for an empty text or a bad pattern"},
	{Name: "search_append", Args: "pattern str, text str", Returns: kemi.Code, Call: (*state).searchAppend, Doc: "puts a text behind the first match: 1 or -1"},
	{Name: "search_append_body", Args: "pattern str, text str", Returns: kemi.Code, Call: (*state).searchAppendBody, Doc: "search_append in the body"},
	{Name: "regex_substring", Args: "text str, pattern str, group int, groups int, var str", Returns: kemi.Code, Call: (*state).substring, Doc: "sets the variable to a group of the first match, 0 the whole: 1; -1 no such group or a bad pattern, -2 no match"},
}

// pattern compiles a regular expression; nil is a bad one, of which the log tells.
func (s *state) pattern(c *kemi.Ctx, function, text string) *regexp.Regexp {
	re, err := s.patterns.Get(text, regex.FoldCase|regex.Lines)
	if err != nil {
		c.Misuse("textops."+function, "bad regular expression "+text+": "+err.Error())
		return nil
	}
	return re
}

func (s *state) search(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	re := s.pattern(c, "search", a.Str(0))
	return code(re != nil && re.MatchString(c.Msg.Raw))
}

func (s *state) searchBody(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	text := body(c).text
	if text == "" {
		return no
	}
	re := s.pattern(c, "search_body", a.Str(0))
	return code(re != nil && re.MatchString(text))
}

func (s *state) searchHeader(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.Str(0) == "" || a.Str(2) == "" {
		return no
	}
	re := s.pattern(c, "search_hf", a.Str(1))
	if re == nil {
		return no
	}
	for _, h := range chosen(c, a.Str(0), a.Str(2)) {
		if re.MatchString(h.Value) {
			return yes
		}
	}
	return no
}

// chosen are the headers of a name that a mode means: f the first, l the last, else all.
func chosen(c *kemi.Ctx, name, mode string) (list []*sip.Header) {
	for h := c.Msg.Find(name); h != nil; h = c.Msg.Next(h) {
		list = append(list, h)
	}
	switch {
	case len(list) == 0:
	case strings.HasPrefix(mode, "f") || strings.HasPrefix(mode, "F"):
		return list[:1]
	case strings.HasPrefix(mode, "l") || strings.HasPrefix(mode, "L"):
		return list[len(list)-1:]
	}
	return list
}

func (s *state) searchText(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	switch {
	case a.Str(1) == "":
		return second
	case a.Str(0) == "":
		return failed
	}
	re := s.pattern(c, "search_str", a.Str(1))
	if re == nil {
		return failed
	}
	return code(re.MatchString(a.Str(0)))
}

func (s *state) searchAppend(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.appendAt(c, "search_append", whole(c), a)
}

func (s *state) searchAppendBody(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.appendAt(c, "search_append_body", body(c), a)
}

func (s *state) appendAt(c *kemi.Ctx, function string, r region, a *kemi.Args) kemi.Value {
	if r.text == "" {
		return no
	}
	if a.Str(0) == "" { // as in the incumbent, an empty pattern is found but has no place
		return yes
	}
	re := s.pattern(c, function, a.Str(0))
	if re == nil {
		return no
	}
	match := re.FindStringIndex(r.text)
	if match == nil {
		return no
	}
	c.Msg.Edits.Insert(r.at+match[1], a.Str(1))
	return yes
}

func (s *state) substring(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	group, groups := a.Int(2), a.Int(3)
	if groups <= 0 || group < 0 || group >= groups {
		return no
	}
	re, err := s.patterns.Get(a.Str(1), regex.Lines)
	if err != nil {
		c.Misuse("textops.regex_substring", "bad regular expression "+a.Str(1)+": "+err.Error())
		return no
	}
	match := re.FindStringSubmatchIndex(a.Str(0))
	if match == nil {
		return failed
	}
	if 2*group >= len(match) || match[2*group] < 0 {
		return no
	}
	return set(c, "regex_substring", a.Str(4), a.Str(0)[match[2*group]:match[2*group+1]])
}

// set writes a variable that an argument names.
func set(c *kemi.Ctx, function, name, text string) kemi.Value {
	v := c.Server.Registry.FindVar(name)
	if v == nil {
		c.Misuse("textops."+function, name+" is no variable")
		return no
	}
	return code(v.Set(c, kemi.Str(text)))
}
