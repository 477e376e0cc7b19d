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
		where, what, ok := strings.Cut(line, ": in ")
		if name := s.nameAt(line, what); ok && name != "" {
			lines[i] = where + ": in function '" + name + "'"
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

// nameAt is the name of the function that a line of a trace is about; "" if the line has it, or nobody knows it. Whoever straight functions call
// is told by where it stands in the source.
func (s *state) nameAt(line, what string) string {
	if f := s.straightAt(line); f != nil {
		return f.name
	}
	for _, f := range s.loaded {
		if what == "function <"+f.file+":"+strconv.Itoa(f.tree.Line())+">" {
			return f.name
		}
	}
	return ""
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
