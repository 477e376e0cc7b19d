package pv

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var stringTrans = kemi.Trans[state]{
	{Name: "s.len", Call: plain(func(s string) kemi.Value { return kemi.Int(len(s)) }), Doc: "length in bytes"},
	{Name: "s.int", Call: toInt, Doc: "the number that the text is; null if it is none, 0 if it is empty"},
	{Name: "s.intv", Call: toLeadingInt, Doc: "the number that the text begins with, or 0"},
	{Name: "s.numeric", Call: mapped(keepDigits), Doc: "the digits alone"},
	{Name: "s.tolower", Call: mapped(toLower), Doc: "ASCII letters made small"},
	{Name: "s.toupper", Call: mapped(toUpper), Doc: "ASCII letters made capital"},
	{Name: "s.trim", Call: mapped(func(s string) string { return strings.Trim(s, blanks) }), Doc: "without blanks at both ends"},
	{Name: "s.ltrim", Call: mapped(func(s string) string { return strings.TrimLeft(s, blanks) }), Doc: "without blanks at the start"},
	{Name: "s.rtrim", Call: mapped(func(s string) string { return strings.TrimRight(s, blanks) }), Doc: "without blanks at the end"},
	{Name: "s.rmws", Call: mapped(removeBlanks), Doc: "without any blanks"},
	{Name: "s.rmhdws", Call: mapped(func(s string) string { return squeezeBlanks(strings.Trim(s, blanks)) }), Doc: "without blanks at both ends, others made one space"},
	{Name: "s.rmhlws", Call: mapped(squeezeBlanks), Doc: "each run of blanks made one space"},
	{Name: "s.unquote", Call: mapped(unquote), Doc: "without the quotes around it"},
	{Name: "s.unbracket", Call: mapped(unbracket), Doc: "without the brackets around it"},
	{Name: "s.rm", Args: "part str", Call: remove, Doc: "without every occurrence of a text"},
	{Name: "s.replace", Args: "part str, by str", Call: replaceAll, Doc: "every occurrence of a text replaced by another"},
	{Name: "s.ftime", Args: "format str", Call: formatNumber, Doc: "a number of seconds since 1970 in a format of strftime, UTC"},
	{Name: "s.prefixes", Args: "most int?", Call: prefixes(""), Doc: "all prefixes, separated by commas, at most as many as given"},
	{Name: "s.prefixes.quoted", Args: "most int?", Call: prefixes("'"), Doc: "all prefixes in single quotes, separated by commas"},
}

const blanks = " \t\r\n"

// tran is a transformation.
type tran = func(*state, *kemi.Ctx, kemi.Value, *kemi.TranArgs) kemi.Value

// plain makes a transformation of a function of the text.
func plain(f func(s string) kemi.Value) tran {
	return func(_ *state, _ *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value { return f(v.Text()) }
}

// mapped makes a transformation of a function from text to text.
func mapped(f func(s string) string) tran {
	return func(_ *state, _ *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value { return kemi.Str(f(v.Text())) }
}

// decoded makes a transformation of a function that may find its text wrong.
func decoded(f func(s string) (string, bool)) tran {
	return func(_ *state, _ *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value {
		s, ok := f(v.Text())
		if !ok {
			return kemi.Null
		}
		return kemi.Str(s)
	}
}

func toInt(_ *state, _ *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value {
	if v.Kind() == kemi.KindInt {
		return v
	}
	s := v.Text()
	if s == "" {
		return kemi.Int(0)
	}
	if s == "-" || s == "+" {
		return kemi.Int(0)
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return kemi.Null
	}
	return kemi.Int64(n)
}

func toLeadingInt(_ *state, _ *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value {
	return kemi.Int(kemi.Str(v.Text()).Number())
}

// filter keeps the bytes of a text that a function wants.
func filter(s string, keep func(b byte) bool) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if keep(s[i]) {
			out = append(out, s[i])
		}
	}
	return string(out)
}

func keepDigits(s string) string { return filter(s, func(b byte) bool { return b-'0' < 10 }) }

func removeBlanks(s string) string {
	return filter(s, func(b byte) bool { return strings.IndexByte(blanks, b) < 0 })
}

func squeezeBlanks(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		blank := strings.IndexByte(blanks, s[i]) >= 0
		switch {
		case !blank:
			out = append(out, s[i])
		case len(out) == 0 || out[len(out)-1] != ' ':
			out = append(out, ' ')
		}
	}
	return string(out)
}

// toLower and toUpper work per byte: other letters than ASCII stay.
func toLower(s string) string { return changeCase(s, 'A') }
func toUpper(s string) string { return changeCase(s, 'a') }

func changeCase(s string, from byte) string {
	i := 0
	for i < len(s) && s[i]-from >= 26 {
		i++
	}
	if i == len(s) {
		return s
	}
	out := []byte(s)
	for ; i < len(out); i++ {
		if out[i]-from < 26 {
			out[i] ^= 0x20
		}
	}
	return string(out)
}

func unquote(s string) string {
	if n := len(s); n > 1 && s[0] == s[n-1] && (s[0] == '"' || s[0] == '\'') {
		return s[1 : n-1]
	}
	return s
}

func unbracket(s string) string {
	const open, closing = "([{<", ")]}>"
	if len(s) < 2 {
		return s
	}
	if i := strings.IndexByte(open, s[0]); i >= 0 && s[len(s)-1] == closing[i] {
		return s[1 : len(s)-1]
	}
	return s
}

func remove(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	return substitute(v.Text(), a.Str(0), "")
}

func replaceAll(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	return substitute(v.Text(), a.Str(0), a.Str(1))
}

// maxText bounds what a transformation may make of a text.
const maxText = 64 << 10

func substitute(s, part, by string) kemi.Value {
	if part == "" {
		return kemi.Str(s)
	}
	if n := strings.Count(s, part); len(s)+n*(len(by)-len(part)) > maxText {
		return kemi.Null
	}
	return kemi.Str(strings.ReplaceAll(s, part, by))
}

// formatNumber takes 0 for an empty text, and null for one that is no number.
func formatNumber(s *state, c *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	n := toInt(s, c, v, nil)
	if n.IsNull() {
		return kemi.Null
	}
	return kemi.Str(string(appendTime(nil, a.Str(0), timeOf(n.Int64()))))
}

// prefixes writes all prefixes of a text, each within quotes.
func prefixes(quote string) tran {
	return func(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
		s := v.Text()
		n := len(s)
		if most := a.Int(0); most > 0 {
			n = min(n, most)
		}
		if n*n/2 > maxText {
			return kemi.Null
		}
		var out []byte
		for i := 1; i <= n; i++ {
			if i > 1 {
				out = append(out, ',')
			}
			out = append(append(append(out, quote...), s[:i]...), quote...)
		}
		return kemi.Str(string(out))
	}
}
