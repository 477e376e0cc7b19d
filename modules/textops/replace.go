package textops

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var replaceFuncs = funcs{
	{Name: "replace", Args: "pattern str, text str", Returns: kemi.Code, Call: replacer(afterStartLine, first), Doc: "replaces the first match of a regular expression behind the start line; -1 if there is none. Patterns are as in search"},
	{Name: "replace_all", Args: "pattern str, text str", Returns: kemi.Code, Call: replacer(afterStartLine, all), Doc: "replaces all matches behind the start line; -1 also for a pattern that matches nothing at all somewhere"},
	{Name: "replace_hdrs", Args: "pattern str, text str", Returns: kemi.Code, Call: replacer(headers, first), Doc: "replaces the first match in the headers"},
	{Name: "replace_body", Args: "pattern str, text str", Returns: kemi.Code, Call: replacer(body, first), Doc: "replaces the first match in the body"},
	{Name: "replace_body_all", Args: "pattern str, text str", Returns: kemi.Code, Call: replacer(body, all), Doc: "replaces all matches in the body"},
	{Name: "replace_body_atonce", Args: "pattern str, text str", Returns: kemi.Code, Call: replacer(body, all), Doc: "the same as replace_body_all"},
	{Name: "replace_str", Args: "match str, text str, which str", Returns: kemi.Code, Call: plainReplacer(afterStartLine), Doc: "replaces a plain text behind the start line: the first with f, else all; 1 also if it is not there"},
	{Name: "replace_hdrs_str", Args: "match str, text str, which str", Returns: kemi.Code, Call: (*state).replaceHeadersText, Doc: "replaces a plain text in the headers: the first with f; else all, in the body too if the headers have it"},
	{Name: "replace_body_str", Args: "match str, text str, which str", Returns: kemi.Code, Call: plainReplacer(body), Doc: "replaces a plain text in the body: the first with f, else all; 1 also if it is not there, -1 without a body"},
}

const (
	first = 1
	all   = -1
)

// replacer makes a function that replaces a number of matches.
func replacer(where region, limit int) call {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		re := s.pattern(c, a.Str(0), inText)
		if re == nil {
			return no
		}
		from, to := where(c.Msg)
		if limit == all && matchesNothing(re) {
			replaceFirst(c, re, from, to, a.Str(1))
			return no
		}
		found := re.FindAllStringIndex(c.Msg.Raw[from:to], limit)
		if len(found)*len(a.Str(1)) > maxAdded {
			return no
		}
		for _, at := range found {
			if limit == all && at[0] == at[1] {
				return no
			}
		}
		for _, at := range found {
			edit(c, from+at[0], at[1]-at[0], a.Str(1))
		}
		return code(len(found) > 0)
	}
}

// replaceFirst replaces the first match if it is not empty. That is what the incumbent has done when it comes to a match
// of nothing behind it and gives up.
func replaceFirst(c *kemi.Ctx, re *regexp.Regexp, from, to int, text string) {
	if at := re.FindStringIndex(c.Msg.Raw[from:to]); at != nil && at[0] < at[1] {
		edit(c, from+at[0], at[1]-at[0], text)
	}
}

// matchesNothing tells whether a pattern matches the empty text behind a match too. Replacing all matches of it has no
// end in the incumbent, which refuses it.
func matchesNothing(re *regexp.Regexp) bool {
	if !re.MatchString("") {
		return false
	}
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return true
	}
	prog, err := syntax.Compile(parsed.Simplify())
	return err != nil || prog.StartCond()&(syntax.EmptyBeginLine|syntax.EmptyBeginText) == 0
}

// plainReplacer makes a function that replaces a text without a pattern.
func plainReplacer(where region) call {
	return func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		from, to := where(c.Msg)
		return code(from < to && replaceText(c, a, from, to))
	}
}

// replaceHeadersText goes on into the body once it has found something in the headers, as the incumbent does.
func (s *state) replaceHeadersText(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	from, to := headers(c.Msg)
	if !onlyFirst(a.At(2)) && strings.Contains(c.Msg.Raw[from:to], a.Str(0)) {
		to = len(c.Msg.Raw)
	}
	return code(replaceText(c, a, from, to))
}

// onlyFirst is the case for f, and for nil.
func onlyFirst(which kemi.Value) bool { return which.IsNull() || strings.HasPrefix(which.Text(), "f") }

// replaceText replaces a plain text; false if that would add too much.
func replaceText(c *kemi.Ctx, a *kemi.Args, from, to int) bool {
	match, text := a.Str(0), a.Str(1)
	if match == "" {
		return true
	}
	if strings.Count(c.Msg.Raw[from:to], match)*len(text) > maxAdded {
		return false
	}
	for {
		n := strings.Index(c.Msg.Raw[from:to], match)
		if n < 0 {
			return true
		}
		edit(c, from+n, len(match), text)
		if onlyFirst(a.At(2)) {
			return true
		}
		from += n + len(match)
	}
}
