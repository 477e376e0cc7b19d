package textopsx

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/sip"
)

// target is what a script names: Name, Name[index], Name[*], each with .parameter or without.
type target struct {
	name  string
	given bool // there is an index
	all   bool // [*]
	index int  // from 1 on, from -1 down; 0: none or zero
	param string
}

// parseTarget reads a target. Blanks around its parts do not count.
func parseTarget(text string) (t target, ok bool) {
	text = strings.TrimLeft(text, " \t")
	end := 0
	for end < len(text) && nameByte(text[end]) {
		end++
	}
	t.name = text[:end]
	rest := strings.TrimLeft(text[end:], " \t")
	if t.name == "" {
		return t, false
	}
	if strings.HasPrefix(rest, "[") {
		inner, after, closed := strings.Cut(rest[1:], "]")
		if !closed || !t.parseIndex(strings.TrimSpace(inner)) {
			return t, false
		}
		rest = strings.TrimLeft(after, " \t")
	}
	if rest == "" {
		return t, true
	}
	t.param = strings.TrimLeft(strings.TrimPrefix(rest, "."), " \t")
	return t, rest[0] == '.' && isName(t.param)
}

func isName(text string) bool {
	for i := range len(text) {
		if !nameByte(text[i]) {
			return false
		}
	}
	return text != ""
}

// nameByte tells what a header name is made of here: a dot begins a parameter.
func nameByte(b byte) bool {
	return isAlpha(b) || isDigit(b) || b == '-' || b == '_'
}

func (t *target) parseIndex(text string) bool {
	t.given = true
	if text == "*" {
		t.all = true
		return true
	}
	if text == "" {
		return true
	}
	n, err := strconv.Atoi(text)
	t.index = n
	return err == nil
}

// place is the index as a place in a list of n, or -1. Zero is as good as the first.
func (t *target) place(n int) int {
	i := max(t.index, 1) - 1
	if t.index < 0 {
		i = n + t.index
	}
	if i < 0 || i >= n {
		return -1
	}
	return i
}

// headers are those of the target's name.
func (t *target) headers(m *sip.Message) (list []*sip.Header) {
	for h := m.Find(t.name); h != nil; h = m.Next(h) {
		list = append(list, h)
	}
	return list
}
