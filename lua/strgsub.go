package lua

import (
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// stringGsub is string.gsub.
func stringGsub(L *glua.LState) int {
	src, pat := L.CheckString(1), L.CheckString(2)
	switch L.Get(3).Type() {
	case glua.LTString, glua.LTNumber, glua.LTTable, glua.LTFunction:
	default:
		L.ArgError(3, "string/function/table expected")
	}
	limit := L.OptInt(4, len(src)+1)
	g := &gsub{L: L, state: stateOf(L), m: newMatcher(L, src, pat), by: L.Get(3)}
	count := g.run(limit)
	L.Push(luaString(g.out.String()))
	L.Push(luaInt(int64(count)))
	return 2
}

// gsub is one substitution at work.
type gsub struct {
	L     *glua.LState
	state *state
	m     *matcher
	by    glua.LValue
	out   strings.Builder
}

func (g *gsub) run(limit int) (count int) {
	src, p := g.m.src, 0
	anchored := strings.HasPrefix(g.m.pat, "^")
	if anchored {
		p = 1
	}
	s := 0
	for count < limit {
		g.m.step()
		end := g.m.at(s, p)
		if end >= 0 {
			count++
			g.replace(s, end)
		}
		switch {
		case end > s:
			s = end
		case s < len(src):
			g.out.WriteByte(src[s])
			s++
		default:
			s++
		}
		if s > len(src) || anchored {
			break
		}
	}
	if s < len(src) {
		g.out.WriteString(src[s:])
	}
	return count
}

// replace writes what stands for the match src[s:end].
func (g *gsub) replace(s, end int) {
	match := g.m.src[s:end]
	var v glua.LValue
	switch by := g.by.(type) {
	case *glua.LTable:
		v = g.L.GetTable(by, g.first(match))
	case *glua.LFunction:
		v = g.call(by, s, end)
	default:
		g.template(textOf(by), match)
		return
	}
	switch {
	case glua.LVIsFalse(v):
		g.write(match)
	case glua.LVCanConvToString(v):
		g.write(textOf(v))
	default:
		g.L.RaiseError("invalid replacement value (a %s)", v.Type())
	}
}

// write adds to the result, if there is room for it.
func (g *gsub) write(text string) {
	g.state.roomFor(g.L, g.out.Len()+len(text), len(text))
	g.out.WriteString(text)
}

func (g *gsub) first(match string) glua.LValue {
	if g.m.level == 0 {
		return luaString(match)
	}
	return g.m.captured(g.L, 0)
}

func (g *gsub) call(f *glua.LFunction, s, end int) glua.LValue {
	saved := *g.m // the function may not disturb the match
	g.L.Push(f)
	n := g.m.pushCaptures(g.L, s, end, true)
	g.L.Call(n, 1)
	*g.m = saved
	v := g.L.Get(-1)
	g.L.Pop(1)
	return v
}

// template writes a replacement text, in which %0 is the match and %1 to %9 are captures.
func (g *gsub) template(text, match string) {
	for {
		i := strings.IndexByte(text, '%')
		if i < 0 {
			g.write(text)
			return
		}
		g.write(text[:i])
		if i+1 >= len(text) {
			return
		}
		g.escape(text[i+1], match)
		text = text[i+2:]
	}
}

func (g *gsub) escape(c byte, match string) {
	switch {
	case c == '0' || c == '1' && g.m.level == 0:
		g.write(match)
	case isDigit(c):
		if int(c-'1') >= g.m.level {
			g.L.RaiseError("invalid capture index")
		}
		g.write(textOf(g.m.captured(g.L, int(c-'1'))))
	default:
		g.out.WriteByte(c)
	}
}
