package libs

import (
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/pcre"
)

// rexCached is how many patterns a state keeps compiled.
const rexCached = 256

// rexFlags are PCRE's numbers and letters of the flags that are known here.
var rexFlags = []struct {
	name   string
	letter byte
	number int
	flag   pcre.Flags
}{
	{"CASELESS", 'i', 1, pcre.FoldCase},
	{"MULTILINE", 'm', 2, pcre.MultiLine},
	{"DOTALL", 's', 4, pcre.DotAll},
	{"EXTENDED", 'x', 8, pcre.Extended},
	{"UNGREEDY", 'U', 0x200, pcre.Ungreedy},
}

// openRex makes lrexlib's library for PCRE.
func openRex(h Host, L *glua.LState) int {
	r := &rex{host: h, kept: map[rexKey]*pcre.Regexp{}}
	r.class = class(L, "rex_pcre_regex", r.methods())
	lib := pushTable(L, map[string]glua.LGFunction{
		"new": r.new, "match": r.function(r.match), "find": r.function(r.find), "gmatch": r.gmatch, "gsub": r.gsub,
		"split": r.split, "count": r.count, "flags": rexFlagTable,
	})
	lib.RawSetString("_VERSION", glua.LString("Lrexlib 2.9.1"))
	return 1
}

// rex is the library in one state.
type rex struct {
	host  Host
	class *glua.LTable
	kept  map[rexKey]*pcre.Regexp
}

type rexKey struct {
	pattern string
	flags   pcre.Flags
}

func rexFlagTable(L *glua.LState) int {
	t := L.NewTable()
	for _, f := range rexFlags {
		t.RawSetString(f.name, glua.LNumber(f.number))
	}
	L.Push(t)
	return 1
}

// flags reads compilation flags: a number, or letters.
func flags(v glua.LValue) (f pcre.Flags) {
	for _, known := range rexFlags {
		switch v := v.(type) {
		case glua.LNumber:
			if int(v)&known.number != 0 {
				f |= known.flag
			}
		case glua.LString:
			if strings.IndexByte(string(v), known.letter) >= 0 {
				f |= known.flag
			}
		}
	}
	return f
}

// pattern is a pattern that an argument gives, compiled or as text, with the flags of another argument.
func (r *rex) pattern(L *glua.LState, i, cf int) *pcre.Regexp {
	if ud, ok := L.Get(i).(*glua.LUserData); ok {
		if re, ok := ud.Value.(*pcre.Regexp); ok {
			return re
		}
	}
	key := rexKey{L.CheckString(i), flags(L.Get(cf))}
	if re := r.kept[key]; re != nil {
		return re
	}
	r.host.Charge(L, 16*len(key.pattern))
	re, err := pcre.Compile(key.pattern, key.flags)
	if err != nil {
		L.RaiseError("%s", strings.TrimPrefix(err.Error(), "pcre: "))
	}
	if len(r.kept) >= rexCached {
		clear(r.kept)
	}
	r.kept[key] = re
	return re
}

func (r *rex) new(L *glua.LState) int {
	L.Push(object(r.class, r.pattern(L, 1, 2)))
	return 1
}

// subject is a text that is searched.
type subject struct {
	s    string
	text pcre.Text
}

func (r *rex) subject(L *glua.LState, s string) subject {
	r.host.Charge(L, 8*len(s))
	return subject{s, pcre.NewText(s)}
}

// search finds a pattern from an offset on; an error of the engine is one of the script.
func (r *rex) search(L *glua.LState, re *pcre.Regexp, s subject, from int) []pcre.Span {
	r.host.Charge(L, len(s.s)-from)
	spans, err := re.Find(s.text, from)
	if err != nil {
		L.RaiseError("%s", err.Error())
	}
	return spans
}

// part is a group's text; false for one that took no part.
func (s subject) part(span pcre.Span) glua.LValue {
	if span.From < 0 {
		return glua.LFalse
	}
	return glua.LString(s.s[span.From:span.To])
}

// pushParts pushes the groups of a match, or all of it where there are none.
func pushParts(L *glua.LState, s subject, spans []pcre.Span, orWhole bool) int {
	if len(spans) == 1 {
		if !orWhole {
			return 0
		}
		L.Push(s.part(spans[0]))
		return 1
	}
	for _, span := range spans[1:] {
		L.Push(s.part(span))
	}
	return len(spans) - 1
}

// start is the offset that an init argument means.
func start(L *glua.LState, i, length int) int {
	n := L.OptInt(i, 1)
	if n < 0 {
		n += length + 1
	}
	return max(n-1, 0)
}

// result pushes what a search gives.
type result func(L *glua.LState, s subject, spans []pcre.Span) int

func (r *rex) match(L *glua.LState, s subject, spans []pcre.Span) int {
	return pushParts(L, s, spans, true)
}

func (r *rex) find(L *glua.LState, s subject, spans []pcre.Span) int {
	L.Push(glua.LNumber(spans[0].From + 1))
	L.Push(glua.LNumber(spans[0].To))
	return 2 + pushParts(L, s, spans, false)
}

// tfind is find with the groups as a table.
func (r *rex) tfind(L *glua.LState, s subject, spans []pcre.Span) int {
	t := L.NewTable()
	for i, span := range spans[1:] {
		t.RawSetInt(i+1, s.part(span))
	}
	return pushPlace(L, spans[0], t)
}

// exec is find with the offsets of the groups as a table.
func (r *rex) exec(L *glua.LState, _ subject, spans []pcre.Span) int {
	t := L.NewTable()
	for i, span := range spans[1:] {
		from, to := glua.LValue(glua.LFalse), glua.LValue(glua.LFalse)
		if span.From >= 0 {
			from, to = glua.LNumber(span.From+1), glua.LNumber(span.To)
		}
		t.RawSetInt(2*i+1, from)
		t.RawSetInt(2*i+2, to)
	}
	return pushPlace(L, spans[0], t)
}

func pushPlace(L *glua.LState, span pcre.Span, t *glua.LTable) int {
	L.Push(glua.LNumber(span.From + 1))
	L.Push(glua.LNumber(span.To))
	L.Push(t)
	return 3
}

// function is f(subject, pattern [, init [, cf]]).
func (r *rex) function(give result) glua.LGFunction {
	return func(L *glua.LState) int {
		return r.once(L, r.pattern(L, 2, 4), L.CheckString(1), start(L, 3, len(L.CheckString(1))), give)
	}
}

// methods are r:f(subject [, init]).
func (r *rex) methods() map[string]glua.LGFunction {
	methods := map[string]glua.LGFunction{}
	for name, give := range map[string]result{"match": r.match, "find": r.find, "tfind": r.tfind, "exec": r.exec} {
		methods[name] = func(L *glua.LState) int {
			return r.once(L, self[*pcre.Regexp](L), L.CheckString(2), start(L, 3, len(L.CheckString(2))), give)
		}
	}
	return methods
}

func (r *rex) once(L *glua.LState, re *pcre.Regexp, s string, from int, give result) int {
	sub := r.subject(L, s)
	spans := r.search(L, re, sub, from)
	if spans == nil {
		L.Push(glua.LNil)
		return 1
	}
	return give(L, sub, spans)
}
