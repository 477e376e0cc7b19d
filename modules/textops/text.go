package textops

import (
	"strings"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var textFuncs = funcs{
	{Name: "cmp_str", Args: "text1 str, text2 str", Returns: kemi.Code, Doc: "compares texts by bytes: 1 equal, -1 the first is greater, -2 it is less",
		Call: func(_ *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value { return compare(a.Str(0), a.Str(1)) }},
	{Name: "cmp_istr", Args: "text1 str, text2 str", Returns: kemi.Code, Doc: "cmp_str without regard to ASCII case",
		Call: func(_ *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value { return compare(lower(a.Str(0)), lower(a.Str(1))) }},
	{Name: "starts_with", Args: "text str, prefix str", Returns: kemi.Code, Doc: "1 if the text begins with the prefix; -1 if it is shorter, else -2",
		Call: func(_ *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value {
			return affix(a, strings.HasPrefix(a.Str(0), a.Str(1)))
		}},
	{Name: "ends_with", Args: "text str, suffix str", Returns: kemi.Code, Doc: "1 if the text ends with the suffix; -1 if it is shorter, else -2",
		Call: func(_ *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value {
			return affix(a, strings.HasSuffix(a.Str(0), a.Str(1)))
		}},
	{Name: "str_find", Args: "text str, part str", Returns: kemi.Code, Call: (*state).find, Doc: "the place of a part in a text, counted from 1, or -1"},
	{Name: "str_ifind", Args: "text str, part str", Returns: kemi.Code, Call: (*state).findFold, Doc: "str_find without regard to ASCII case"},
	{Name: "str_any_in", Args: "text str, characters str", Returns: kemi.Code, Doc: "some character of the text is among the characters: 1 or -1",
		Call: func(_ *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value {
			return code(strings.ContainsAny(a.Str(0), a.Str(1)))
		}},
	{Name: "str_all_in", Args: "text str, characters str", Returns: kemi.Code, Doc: "all characters of the text are among the characters: 1 or -1",
		Call: func(_ *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value {
			return code(a.Str(0) != "" && allIn(a.Str(0), a.Str(1)))
		}},
	{Name: "in_list", Args: "item str, list str, separator str", Returns: kemi.Code, Doc: "the item is in a list that the separator's first character cuts; blanks around items do not count: 1 or -1",
		Call: func(_ *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value {
			return inList(a, func(item, one string) bool { return item == one })
		}},
	{Name: "in_list_prefix", Args: "text str, list str, separator str", Returns: kemi.Code, Doc: "an item of a list is a prefix of the text: 1 or -1",
		Call: func(_ *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value { return inList(a, strings.HasPrefix) }},
}

func compare(x, y string) kemi.Value {
	switch strings.Compare(x, y) {
	case 0:
		return yes
	case 1:
		return no
	}
	return failed
}

// lower folds ASCII letters only, as the incumbent does.
func lower(s string) string {
	for i := range len(s) {
		if s[i]-'A' < 26 {
			b := []byte(s)
			for ; i < len(b); i++ {
				if b[i]-'A' < 26 {
					b[i] |= 0x20
				}
			}
			return string(b)
		}
	}
	return s
}

func affix(a *kemi.Args, has bool) kemi.Value {
	switch {
	case has:
		return yes
	case len(a.Str(0)) < len(a.Str(1)):
		return no
	}
	return failed
}

// find gives the end of the text for an empty part, as the incumbent does.
func (s *state) find(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, part := a.Str(0), a.Str(1)
	if part == "" {
		return kemi.Int(len(text) + 1)
	}
	return place(strings.Index(text, part))
}

func (s *state) findFold(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, part := a.Str(0), a.Str(1)
	for i := 0; i+len(part) <= len(text); i++ {
		if sip.EqualFold(text[i:i+len(part)], part) {
			return place(i)
		}
	}
	return no
}

func place(i int) kemi.Value {
	if i < 0 {
		return no
	}
	return kemi.Int(i + 1)
}

func allIn(text, characters string) bool {
	for i := range len(text) {
		if strings.IndexByte(characters, text[i]) < 0 {
			return false
		}
	}
	return true
}

func inList(a *kemi.Args, fits func(item, one string) bool) kemi.Value {
	item, list, sep := a.Str(0), a.Str(1), a.Str(2)
	if item == "" || list == "" || sep == "" {
		return no
	}
	for one := range strings.SplitSeq(list, sep[:1]) {
		if one = strings.Trim(one, " \t\r\n"); one != "" && fits(item, one) {
			return yes
		}
	}
	return no
}
