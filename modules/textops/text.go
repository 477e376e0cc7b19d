package textops

import (
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var textFuncs = funcs{
	{Name: "cmp_str", Args: "text1 str, text2 str", Returns: kemi.Code, Call: (*state).compare, Doc: "compares two texts: 1 equal, -1 the first comes after the second, -2 before"},
	{Name: "cmp_istr", Args: "text1 str, text2 str", Returns: kemi.Code, Call: (*state).compareFold, Doc: "cmp_str without regard to the case of ASCII letters"},
	{Name: "starts_with", Args: "text str, prefix str", Returns: kemi.Code, Call: (*state).startsWith, Doc: "a text starts with another: 1, -2 if it comes before that, else -1"},
	{Name: "ends_with", Args: "text str, suffix str", Returns: kemi.Code, Call: (*state).endsWith, Doc: "a text ends with another: 1, -2 if its end comes before that, else -1"},
	{Name: "str_find", Args: "text str, part str", Returns: kemi.Code, Call: (*state).strFind, Doc: "the place of a text in another, from 1 on; -1 if it is not there"},
	{Name: "str_ifind", Args: "text str, part str", Returns: kemi.Code, Call: (*state).strFindFold, Doc: "str_find without regard to the case of ASCII letters"},
	{Name: "str_any_in", Args: "text str, characters str", Returns: kemi.Code, Call: (*state).anyIn, Doc: "at least one character of a text is among others: 1 or -1"},
	{Name: "str_all_in", Args: "text str, characters str", Returns: kemi.Code, Call: (*state).allIn, Doc: "a text is not empty and each character of it is among others: 1 or -1"},
	{Name: "in_list", Args: "text str, list str, separator str", Returns: kemi.Code, Call: (*state).inList, Doc: "a text is an element of a list: 1 or -1; the separator is one character, and blanks around elements do not count"},
	{Name: "in_list_prefix", Args: "text str, list str, separator str", Returns: kemi.Code, Call: (*state).inListPrefix, Doc: "a text starts with an element of a list: 1 or -1"},
}

// order turns a comparison into the incumbent's code.
func order(text, other string) kemi.Value {
	switch strings.Compare(text, other) {
	case 0:
		return yes
	case 1:
		return no
	}
	return failed
}

// lower turns ASCII letters small; other bytes stay.
func lower(text string) string {
	out := []byte(text)
	for i, b := range out {
		if b-'A' < 26 {
			out[i] = b | 0x20
		}
	}
	return string(out)
}

func (s *state) compare(_ *kemi.Ctx, a *kemi.Args) kemi.Value { return order(a.Str(0), a.Str(1)) }

func (s *state) compareFold(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	return order(lower(a.Str(0)), lower(a.Str(1)))
}

func (s *state) startsWith(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, prefix := a.Str(0), a.Str(1)
	if len(text) < len(prefix) {
		return no
	}
	return order(text[:len(prefix)], prefix)
}

func (s *state) endsWith(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, suffix := a.Str(0), a.Str(1)
	if len(text) < len(suffix) {
		return no
	}
	return order(text[len(text)-len(suffix):], suffix)
}

// strFind takes an empty text for one that stands at the end, as the incumbent does.
func (s *state) strFind(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.At(1).IsNull() {
		return no
	}
	if a.Str(1) == "" {
		return kemi.Int(len(a.Str(0)) + 1)
	}
	return place(strings.Index(a.Str(0), a.Str(1)))
}

func (s *state) strFindFold(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	return place(strings.Index(lower(a.Str(0)), lower(a.Str(1))))
}

func place(i int) kemi.Value {
	if i < 0 {
		return no
	}
	return kemi.Int(i + 1)
}

func (s *state) anyIn(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	for i := range len(a.Str(0)) {
		if strings.IndexByte(a.Str(1), a.Str(0)[i]) >= 0 {
			return yes
		}
	}
	return no
}

func (s *state) allIn(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	for i := range len(a.Str(0)) {
		if strings.IndexByte(a.Str(1), a.Str(0)[i]) < 0 {
			return no
		}
	}
	return code(a.Str(0) != "")
}

func (s *state) inList(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	text := a.Str(0)
	return listed(a, func(element string) bool { return element == text })
}

func (s *state) inListPrefix(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	text := a.Str(0)
	return listed(a, func(element string) bool { return strings.HasPrefix(text, element) })
}

// listed tells whether one of a list's elements fits; empty ones never do.
func listed(a *kemi.Args, fits func(element string) bool) kemi.Value {
	if a.Str(0) == "" || a.Str(2) == "" {
		return no
	}
	for element := range strings.SplitSeq(a.Str(1), a.Str(2)[:1]) {
		if element = strings.Trim(element, " \t\r\n"); element != "" && fits(element) {
			return yes
		}
	}
	return no
}
