package pv

import (
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var cutTrans = kemi.Trans[state]{
	{Name: "s.substr", Args: "offset int, length int", Call: substr, Doc: "a part by place and length; a negative place counts from the end, length 0 is all the rest"},
	{Name: "s.strip", Args: "count int", Call: strip, Doc: "without that many bytes at the start"},
	{Name: "s.striptail", Args: "count int", Call: stripTail, Doc: "without that many bytes at the end"},
	{Name: "s.stripto", Args: "mark str", Call: stripTo, Doc: "from the first occurrence of a byte on"},
	{Name: "s.charat", Args: "place int", Call: charAt, Doc: "one byte as a text"},
	{Name: "s.byteat", Args: "place int", Call: byteAt, Doc: "one byte as a number"},
	{Name: "s.select", Args: "index int, separator byte", Call: selectField, Doc: "one field of a list; a negative index counts from the end"},
	{Name: "s.selectsw", Args: "separators str, index int?", Call: selectBlank, Doc: "the first field, or the one by index, of a list that any of the given bytes separates"},
	{Name: "s.fmtlines", Args: "width int, indent int", Call: formatLines(' '), Doc: "broken into lines of a width, those after the first one indented with spaces"},
	{Name: "s.fmtlinet", Args: "width int, indent int", Call: formatLines('\t'), Doc: "broken into lines of a width, those after the first one indented with tabs"},
}

func substr(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	s, at, n := v.Text(), a.Int(0), a.Int(1)
	if at < 0 {
		at += len(s)
	}
	if at < 0 || at >= len(s) || n < 0 {
		return kemi.Null
	}
	if n == 0 || n > len(s)-at {
		n = len(s) - at
	}
	return kemi.Str(s[at : at+n])
}

func strip(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	s := v.Text()
	return kemi.Str(s[min(max(a.Int(0), 0), len(s)):])
}

func stripTail(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	s := v.Text()
	return kemi.Str(s[:len(s)-min(max(a.Int(0), 0), len(s))])
}

// stripTo looks for the first byte of its argument only.
func stripTo(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	s, mark := v.Text(), a.Str(0)
	if mark == "" {
		return kemi.Str("")
	}
	at := strings.IndexByte(s, mark[0])
	if at < 0 {
		return kemi.Str("")
	}
	return kemi.Str(s[at:])
}

// place finds a byte by its place; negative ones count from the end.
func place(s string, i int) (byte, bool) {
	if i < 0 {
		i += len(s)
	}
	if i < 0 || i >= len(s) {
		return 0, false
	}
	return s[i], true
}

func charAt(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	b, ok := place(v.Text(), a.Int(0))
	if !ok {
		return kemi.Null
	}
	return kemi.Str(string([]byte{b}))
}

func byteAt(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	b, ok := place(v.Text(), a.Int(0))
	if !ok {
		return kemi.Null
	}
	return kemi.Int(int(b))
}

func selectField(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	return kemi.Str(field(v.Text(), a.Str(1), a.Int(0)))
}

func selectBlank(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	return kemi.Str(field(v.Text(), a.Str(0), a.Int(1)))
}

// field is the i-th field of a list, or an empty text.
func field(s, separators string, i int) string {
	if i < 0 {
		return fieldFromEnd(s, separators, -i)
	}
	for ; i > 0; i-- {
		at := indexBytes(s, separators)
		if at < 0 {
			return ""
		}
		s = s[at+1:]
	}
	if at := indexBytes(s, separators); at >= 0 {
		return s[:at]
	}
	return s
}

func fieldFromEnd(s, separators string, i int) string {
	for ; i > 1; i-- {
		at := lastIndexBytes(s, separators)
		if at < 0 {
			return ""
		}
		s = s[:at]
	}
	return s[lastIndexBytes(s, separators)+1:]
}

// indexBytes finds the first byte that is one of a set, or -1.
func indexBytes(s, set string) int {
	for i := range len(s) {
		if strings.IndexByte(set, s[i]) >= 0 {
			return i
		}
	}
	return -1
}

func lastIndexBytes(s, set string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if strings.IndexByte(set, s[i]) >= 0 {
			return i
		}
	}
	return -1
}

// formatLines breaks a text as the incumbent does: after each of the first width-1 bytes,
// each new line indented.
func formatLines(indent byte) tran {
	return func(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
		s, depth := v.Text(), max(a.Int(1), 0)
		breaks := min(a.Int(0), len(s)) - 1
		if breaks < 1 {
			return kemi.Str(s)
		}
		if depth > maxText || len(s)+breaks*(depth+2) > maxText {
			return kemi.Null
		}
		line := "\r\n" + strings.Repeat(string(indent), depth)
		var b strings.Builder
		for i := range breaks {
			b.WriteByte(s[i])
			b.WriteString(line)
		}
		b.WriteString(s[breaks:])
		return kemi.Str(b.String())
	}
}
