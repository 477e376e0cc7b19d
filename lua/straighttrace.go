package lua

import (
	"slices"
	"strconv"
	"strings"
)

// withCallers completes a trace: straight functions that called each other share a frame, so that it has only the last of them, and
// without its name.
func (s *state) withCallers(trace string) string {
	lines := strings.Split(trace, "\n")
	for i, line := range lines {
		where, _, ok := strings.Cut(line, ": in ")
		if f := s.straightAt(line); ok && f != nil {
			lines[i] = where + ": in function '" + f.name + "'"
		}
	}
	at := 0
	for depth := s.depth - 1; depth >= 0; depth-- {
		c := s.callers[depth]
		i := slices.IndexFunc(lines[at:], func(line string) bool { return s.straightAt(line) == c.called })
		if i < 0 {
			continue
		}
		at += i + 1
		lines = slices.Insert(lines, at, "\t"+c.place()+": in function '"+c.fn.name+"'")
	}
	return strings.Join(lines, "\n")
}

// place is where the caller stands.
func (c caller) place() string {
	p := c.fn.fn.Proto
	return p.SourceName + ":" + strconv.Itoa(p.DbgSourcePositions[c.pc])
}

// straightAt is the straight function that a line of a trace is about; nil if it is none.
func (s *state) straightAt(line string) *straight {
	where, _, ok := splitPosition(strings.TrimSpace(line))
	if !ok {
		return nil
	}
	for _, f := range s.straights {
		p := f.fn.Proto
		if p.SourceName == where.File && p.LineDefined <= where.Line && where.Line <= p.LastLineDefined {
			return f
		}
	}
	return nil
}
