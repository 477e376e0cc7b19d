package libs

import (
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/pcre"
)

// matches goes from match to match of a text. An empty one does not stand where the last match ended.
type matches struct {
	r    *rex
	re   *pcre.Regexp
	s    subject
	from int
	last int // where the last match ended; -1: there was none
}

func (r *rex) matches(L *glua.LState, re *pcre.Regexp, s string) *matches {
	return &matches{r: r, re: re, s: r.subject(L, s), last: -1}
}

// next is the next match, or nil.
func (m *matches) next(L *glua.LState) []pcre.Span {
	for m.from <= len(m.s.s) {
		spans := m.r.search(L, m.re, m.s, m.from)
		if spans == nil {
			m.from = len(m.s.s) + 1
			return nil
		}
		whole := spans[0]
		if m.from = whole.To; whole.To == whole.From {
			m.from++
			if whole.From == m.last {
				continue
			}
		}
		m.last = whole.To
		return spans
	}
	return nil
}

// gmatch is gmatch(subject, pattern [, cf]).
func (r *rex) gmatch(L *glua.LState) int {
	m := r.matches(L, r.pattern(L, 2, 3), L.CheckString(1))
	L.Push(L.NewFunction(func(L *glua.LState) int {
		spans := m.next(L)
		if spans == nil {
			return 0
		}
		return pushParts(L, m.s, spans, true)
	}))
	return 1
}

// count is count(subject, pattern [, cf]).
func (r *rex) count(L *glua.LState) int {
	m, n := r.matches(L, r.pattern(L, 2, 3), L.CheckString(1)), 0
	for m.next(L) != nil {
		n++
	}
	L.Push(glua.LNumber(n))
	return 1
}

// split is split(subject, separator [, cf]): an iterator over the parts, each with the groups of the separator behind it.
func (r *rex) split(L *glua.LState) int {
	m, from, ended := r.matches(L, r.pattern(L, 2, 3), L.CheckString(1)), 0, false
	L.Push(L.NewFunction(func(L *glua.LState) int {
		if ended {
			return 0
		}
		spans := m.next(L)
		for spans != nil && spans[0].To == 0 { // nothing at the very start parts nothing
			spans = m.next(L)
		}
		if ended = spans == nil; ended {
			L.Push(glua.LString(m.s.s[from:]))
			return 1
		}
		L.Push(glua.LString(m.s.s[from:spans[0].From]))
		from = spans[0].To
		return 1 + pushParts(L, m.s, spans, true)
	}))
	return 1
}

// gsub is gsub(subject, pattern, replacement [, n [, cf]]): the text, how many matches there were, and how many were replaced.
func (r *rex) gsub(L *glua.LState) int {
	m, with := r.matches(L, r.pattern(L, 2, 5), L.CheckString(1)), L.Get(3)
	limit := L.OptInt(4, len(m.s.s)+1)
	var out strings.Builder
	at, found, replaced := 0, 0, 0
	for found < limit {
		spans := m.next(L)
		if spans == nil {
			break
		}
		found++
		out.WriteString(m.s.s[at:spans[0].From])
		at = spans[0].To
		if text, ok := replacement(L, m.s, spans, with); ok {
			out.WriteString(text)
			replaced++
		} else {
			out.WriteString(m.s.s[spans[0].From:spans[0].To])
		}
		r.host.Room(L, out.Len())
	}
	out.WriteString(m.s.s[at:])
	L.Push(glua.LString(out.String()))
	L.Push(glua.LNumber(found))
	L.Push(glua.LNumber(replaced))
	return 3
}

// replacement is what a match becomes; ok=false: it stays.
func replacement(L *glua.LState, s subject, spans []pcre.Span, with glua.LValue) (text string, ok bool) {
	var v glua.LValue
	switch with := with.(type) {
	case *glua.LFunction:
		L.Push(with)
		n := pushParts(L, s, spans, true)
		L.Call(n, 1)
		v = L.Get(-1)
		L.Pop(1)
	case *glua.LTable:
		v = L.GetTable(with, s.part(spans[min(1, len(spans)-1)]))
	case glua.LString, glua.LNumber:
		return expand(L, s, spans, with.String()), true
	default:
		L.ArgError(3, "string, function or table expected")
	}
	if glua.LVIsFalse(v) {
		return "", false
	}
	if !glua.LVCanConvToString(v) {
		L.RaiseError("invalid replacement value (a %s)", v.Type())
	}
	return v.String(), true
}

// expand puts groups in the place of %0 to %9 in a replacement. %1 without groups is the whole match.
func expand(L *glua.LState, s subject, spans []pcre.Span, with string) string {
	var out strings.Builder
	for i := 0; i < len(with); i++ {
		if with[i] != '%' || i+1 == len(with) {
			out.WriteByte(with[i])
			continue
		}
		i++
		n := int(with[i]) - '0'
		switch {
		case n < 0 || n > 9:
			out.WriteByte(with[i])
		case n == 1 && len(spans) == 1:
			n = 0
			fallthrough
		case n < len(spans):
			if spans[n].From >= 0 {
				out.WriteString(s.s[spans[n].From:spans[n].To])
			}
		default:
			L.RaiseError("invalid capture index %%%d in the replacement", n)
		}
	}
	return out.String()
}
