package textops

import (
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var replaceFuncs = funcs{
	{Name: "replace", Args: "pattern str, text str", Returns: kemi.Code, Doc: "replaces the first match of a regular expression in headers and body: 1 or -1",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.replace(c, "replace", whole(c), a, 1) }},
	{Name: "replace_all", Args: "pattern str, text str", Returns: kemi.Code, Doc: "replaces all matches in headers and body",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.replace(c, "replace_all", whole(c), a, -1)
		}},
	{Name: "replace_hdrs", Args: "pattern str, text str", Returns: kemi.Code, Doc: "replaces the first match in the headers",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.replace(c, "replace_hdrs", headers(c), a, 1)
		}},
	{Name: "replace_body", Args: "pattern str, text str", Returns: kemi.Code, Doc: "replaces the first match in the body",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.replace(c, "replace_body", body(c), a, 1)
		}},
	{Name: "replace_body_all", Args: "pattern str, text str", Returns: kemi.Code, Doc: "replaces all matches in the body; the text behind each match counts as a new line",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.replace(c, "replace_body_all", body(c), a, -1)
		}},
	{Name: "replace_body_atonce", Args: "pattern str, text str", Returns: kemi.Code, Call: (*state).replaceAtOnce, Doc: "replaces all matches in the body, found in one pass, so that ^ means a real line start"},
	{Name: "replace_str", Args: "match str, text str, mode str", Returns: kemi.Code, Doc: "replaces a text in headers and body: mode f the first time, else always; 1 also if it is not there",
		Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value { return replaceText(c, whole(c), a) }},
	{Name: "replace_hdrs_str", Args: "match str, text str, mode str", Returns: kemi.Code, Doc: "replace_str under another name: the incumbent does not stop at the end of the headers",
		Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value { return replaceText(c, whole(c), a) }},
	{Name: "replace_body_str", Args: "match str, text str, mode str", Returns: kemi.Code, Doc: "replace_str in the body; -1 if there is none",
		Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value { return replaceText(c, body(c), a) }},
}

// replace takes the place of the first n matches, or of all for -1. A match is looked for in what follows the last one,
// whose start counts as a line start; an empty match ends the search.
func (s *state) replace(c *kemi.Ctx, function string, r region, a *kemi.Args, n int) kemi.Value {
	if r.text == "" {
		return no
	}
	if a.Str(0) == "" { // found, but without a place
		return yes
	}
	re := s.pattern(c, function, a.Str(0))
	if re == nil {
		return no
	}
	from, found := 0, false
	for ; n != 0; n-- {
		match := re.FindStringIndex(r.text[from:])
		if match == nil || match[0] == match[1] {
			break
		}
		c.Msg.Edits.Replace(r.at+from+match[0], match[1]-match[0], a.Str(1))
		from, found = from+match[1], true
	}
	return code(found)
}

func (s *state) replaceAtOnce(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	r := body(c)
	if r.text == "" {
		return no
	}
	re := s.pattern(c, "replace_body_atonce", a.Str(0))
	if re == nil {
		return no
	}
	found := false
	for _, match := range re.FindAllStringIndex(r.text, -1) {
		if match[0] < match[1] {
			c.Msg.Edits.Replace(r.at+match[0], match[1]-match[0], a.Str(1))
			found = true
		}
	}
	return code(found)
}

func replaceText(c *kemi.Ctx, r region, a *kemi.Args) kemi.Value {
	match, mode := a.Str(0), a.Str(2)
	if r.text == "" {
		return no
	}
	once := strings.HasPrefix(mode, "f") || strings.HasPrefix(mode, "F")
	for from := 0; match != ""; {
		i := strings.Index(r.text[from:], match)
		if i < 0 {
			break
		}
		c.Msg.Edits.Replace(r.at+from+i, len(match), a.Str(1))
		if from += i + len(match); once {
			break
		}
	}
	return yes
}
