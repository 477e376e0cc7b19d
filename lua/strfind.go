package lua

import (
	"strings"

	glua "github.com/yuin/gopher-lua"
)

func newMatcher(L *glua.LState, src, pat string) *matcher {
	return &matcher{src: src, pat: pat, L: L, state: stateOf(L)}
}

// stringFind is string.find. A pattern without magic characters is a plain search.
func stringFind(L *glua.LState) int {
	if L.GetTop() == 2 {
		src, isText := L.Get(1).(glua.LString)
		pat, ok := L.Get(2).(glua.LString)
		if isText && ok && isPlain(string(pat)) {
			return findPlain(L, string(src), string(pat), 0)
		}
	}
	return find(L, true)
}

// stringMatch is string.match.
func stringMatch(L *glua.LState) int { return find(L, false) }

func find(L *glua.LState, positions bool) int {
	src, pat := L.CheckString(1), L.CheckString(2)
	from := startIndex(L.OptInt(3, 1), len(src))
	if from > len(src) {
		from = len(src) // as Lua 5.1
	}
	if positions && (L.Get(4) != glua.LNil && L.ToBool(4) || isPlain(pat)) {
		return findPlain(L, src, pat, from)
	}
	m, p := newMatcher(L, src, pat), 0
	anchored := strings.HasPrefix(pat, "^")
	if anchored {
		p = 1
	}
	for s := from; s <= len(src); s++ {
		m.step()
		if end := m.at(s, p); end >= 0 {
			n := 0
			if positions {
				L.Push(luaInt(int64(s + 1)))
				L.Push(luaInt(int64(end)))
				n = 2
			}
			return n + m.pushCaptures(L, s, end, !positions)
		}
		if anchored {
			break
		}
	}
	L.Push(glua.LNil)
	return 1
}

// isPlain tells whether a pattern stands for itself.
func isPlain(pat string) bool {
	for i := range len(pat) {
		if magicBytes[pat[i]] {
			return false
		}
	}
	return true
}

func findPlain(L *glua.LState, src, pat string, from int) int {
	stateOf(L).charge(L, len(src))
	i := strings.Index(src[from:], pat)
	if i < 0 {
		L.Push(glua.LNil)
		return 1
	}
	L.Push(luaInt(int64(from + i + 1)))
	L.Push(luaInt(int64(from + i + len(pat))))
	return 2
}

// startIndex turns Lua's index (from 1, negative from the end) into Go's.
func startIndex(i, length int) int {
	if i < 0 {
		i += length + 1
	}
	return max(i-1, 0)
}

// pushCaptures gives the captures of a match, or the whole match if whole is set and there
// are none. It gives how many values that is.
func (m *matcher) pushCaptures(L *glua.LState, s, end int, whole bool) int {
	if m.level == 0 && whole {
		L.Push(luaString(piece(m.src, s, end)))
		return 1
	}
	for i := range m.level {
		L.Push(m.captured(L, i))
	}
	return m.level
}

func (m *matcher) captured(L *glua.LState, i int) glua.LValue {
	c := m.captures[i]
	switch c.len {
	case capturePosition:
		return luaInt(int64(c.start + 1))
	case captureOpen:
		L.RaiseError("unfinished capture")
	}
	return luaString(piece(m.src, c.start, c.start+c.len))
}

// stringGmatch is string.gmatch.
func stringGmatch(L *glua.LState) int {
	src, pat := L.CheckString(1), L.CheckString(2)
	at := 0
	L.Push(L.NewFunction(func(L *glua.LState) int {
		m := newMatcher(L, src, pat)
		for ; at <= len(src); at++ {
			m.step()
			end := m.at(at, 0)
			if end < 0 {
				continue
			}
			start := at
			if at = end; end == start {
				at++
			}
			return m.pushCaptures(L, start, end, true)
		}
		L.Push(glua.LNil)
		return 1
	}))
	return 1
}
