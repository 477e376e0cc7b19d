package lua

import (
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// Lua patterns, matched as the manual of Lua 5.1 describes them (section 5.4.1). gopher-lua's
// own matcher compiles the pattern at each call and has no bound on its work.

const (
	maxCaptures     = 32
	maxPatternDepth = 200
	stepsAtATime    = 4096
	bytesAStep      = 8 // a step costs as much as this many bytes of a copy
)

// The lengths of captures that are no text.
const (
	captureOpen     = -1
	capturePosition = -2
)

const magic = "^$*+?.([%-"

// magicBytes is magic as a table.
var magicBytes = func() (table [256]bool) {
	for i := range len(magic) {
		table[magic[i]] = true
	}
	return table
}()

type capture struct{ start, len int }

// matcher matches one pattern against one text.
type matcher struct {
	src, pat string
	level    int // captures so far
	depth    int
	steps    int
	captures [maxCaptures]capture
	L        *glua.LState
	state    *state
}

// fail raises a Lua error about a malformed pattern.
func (m *matcher) fail(what string) { m.L.RaiseError("%s", what) }

// at matches pat[p:] at one place, from scratch, and gives where the match ends, or -1.
func (m *matcher) at(s, p int) int {
	m.level, m.depth = 0, 0
	return m.match(s, p)
}

// match tries to match pat[p:] at src[s:] and gives where the match ends, or -1.
func (m *matcher) match(s, p int) int {
	if m.depth++; m.depth > maxPatternDepth {
		m.fail("pattern too complex")
	}
	end := m.items(s, p)
	m.depth--
	return end
}

// items matches one item of the pattern after the other, while no choice is open.
func (m *matcher) items(s, p int) int {
	for p < len(m.pat) {
		m.step()
		switch m.pat[p] {
		case '(':
			return m.open(s, p)
		case ')':
			return m.close(s, p+1)
		case '$':
			if p+1 == len(m.pat) {
				if s == len(m.src) {
					return s
				}
				return -1
			}
		case '%':
			if next, end, special := m.escape(s, p); special {
				if next < 0 {
					return -1
				}
				s, p = next, end
				continue
			}
		}
		next, end, done := m.single(s, p)
		if done {
			return next
		}
		s, p = next, end
	}
	return s
}

func (m *matcher) step() {
	if m.steps++; m.steps >= stepsAtATime {
		m.steps = 0
		m.state.charge(m.L, stepsAtATime*bytesAStep)
	}
}

// single matches one class with what follows it (* + - ?). It gives done with the result, or
// where to go on.
func (m *matcher) single(s, p int) (next, end int, done bool) {
	end = m.classEnd(p)
	if end < len(m.pat) {
		switch m.pat[end] {
		case '?':
			if m.matches(s, p, end) {
				if r := m.match(s+1, end+1); r >= 0 {
					return r, 0, true
				}
			}
			return s, end + 1, false
		case '*':
			return m.longest(s, p, end), 0, true
		case '+':
			if !m.matches(s, p, end) {
				return -1, 0, true
			}
			return m.longest(s+1, p, end), 0, true
		case '-':
			return m.shortest(s, p, end), 0, true
		}
	}
	if !m.matches(s, p, end) {
		return -1, 0, true
	}
	return s + 1, end, false
}

func (m *matcher) longest(s, p, end int) int {
	n := 0
	for m.matches(s+n, p, end) {
		m.step()
		n++
	}
	for ; n >= 0; n-- {
		if r := m.match(s+n, end+1); r >= 0 {
			return r
		}
	}
	return -1
}

func (m *matcher) shortest(s, p, end int) int {
	for {
		if r := m.match(s, end+1); r >= 0 {
			return r
		}
		if !m.matches(s, p, end) {
			return -1
		}
		s++
	}
}

// escape handles the items that begin with % and are no classes: %b, %f and %1 to %9.
func (m *matcher) escape(s, p int) (next, end int, special bool) {
	if p+1 >= len(m.pat) {
		m.fail("malformed pattern (ends with '%')")
	}
	switch c := m.pat[p+1]; {
	case c == 'b':
		if p+3 >= len(m.pat) {
			m.fail("unbalanced pattern")
		}
		return m.balance(s, m.pat[p+2], m.pat[p+3]), p + 4, true
	case c == 'f':
		return m.frontier(s, p+2)
	case c >= '0' && c <= '9':
		return m.back(s, int(c-'1')), p + 2, true
	}
	return 0, 0, false
}

func (m *matcher) balance(s int, open, close byte) int {
	if s >= len(m.src) || m.src[s] != open {
		return -1
	}
	depth := 1
	for i := s + 1; i < len(m.src); i++ {
		m.step()
		switch m.src[i] {
		case close:
			if depth--; depth == 0 {
				return i + 1
			}
		case open:
			depth++
		}
	}
	return -1
}

func (m *matcher) frontier(s, p int) (next, end int, special bool) {
	if p >= len(m.pat) || m.pat[p] != '[' {
		m.fail("missing '[' after '%f' in pattern")
	}
	end = m.classEnd(p)
	before, here := byte(0), byte(0)
	if s > 0 {
		before = m.src[s-1]
	}
	if s < len(m.src) {
		here = m.src[s]
	}
	if m.inSet(before, p, end-1) || !m.inSet(here, p, end-1) {
		return -1, end, true
	}
	return s, end, true
}

// back matches what an earlier capture holds.
func (m *matcher) back(s, l int) int {
	if l < 0 || l >= m.level || m.captures[l].len == captureOpen {
		m.fail("invalid capture index")
	}
	c := m.captures[l]
	if c.len < 0 || !strings.HasPrefix(m.src[s:], m.src[c.start:c.start+c.len]) {
		return -1
	}
	return s + c.len
}

func (m *matcher) open(s, p int) int {
	if m.level >= maxCaptures {
		m.fail("too many captures")
	}
	kind, p := captureOpen, p+1
	if p < len(m.pat) && m.pat[p] == ')' {
		kind, p = capturePosition, p+1
	}
	m.captures[m.level] = capture{s, kind}
	m.level++
	r := m.match(s, p)
	if r < 0 {
		m.level--
	}
	return r
}

func (m *matcher) close(s, p int) int {
	l := m.level - 1
	for l >= 0 && m.captures[l].len != captureOpen {
		l--
	}
	if l < 0 {
		m.fail("invalid pattern capture")
	}
	m.captures[l].len = s - m.captures[l].start
	r := m.match(s, p)
	if r < 0 {
		m.captures[l].len = captureOpen
	}
	return r
}
