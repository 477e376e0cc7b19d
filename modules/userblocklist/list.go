package userblocklist

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// list holds prefixes; the value tells whether the prefix is allowed. It does not change.
type list map[string]bool

// verdict is what a list says of a number.
type verdict uint8

const (
	unlisted verdict = iota
	blocked
	allowed
)

// find looks for the longest prefix of a number.
func (l list) find(number string) verdict {
	for n := len(number); n >= 0 && len(l) > 0; n-- {
		if ok, listed := l[number[:n]]; listed {
			if ok {
				return allowed
			}
			return blocked
		}
	}
	return unlisted
}

// rowOf gives the fields of a row by the names of their columns.
type rowOf func(column string) string

var errColumn = errors.New("there is no such column")

// makeList makes a list of the rows that are wanted. Entries without a prefix do not count.
func makeList(t *rows, cols columns, want func(rowOf) bool) (list, error) {
	for _, name := range []string{cols.prefix, cols.allow} {
		if t.column(name) < 0 {
			return nil, fmt.Errorf("%s: %w", name, errColumn)
		}
	}
	l := list{}
	for _, fields := range t.fields {
		row := func(column string) string {
			if i := t.column(column); i >= 0 {
				return fields[i]
			}
			return ""
		}
		if prefix := row(cols.prefix); prefix != "" && (want == nil || want(row)) {
			n, _ := strconv.Atoi(row(cols.allow))
			l[prefix] = n != 0
		}
	}
	return l, nil
}

// maxNumber is how much of a number is looked at.
const maxNumber = 128

// number is the part of a text that is compared with prefixes: in mode 10 its first digits.
func (s *state) number(text string) string {
	if s.mode == digitMode {
		text = strings.TrimLeftFunc(text, notDigit)
		if end := strings.IndexFunc(text, notDigit); end >= 0 {
			text = text[:end]
		}
	}
	return text[:min(len(text), maxNumber)]
}

func notDigit(r rune) bool { return r < '0' || r > '9' }
