package regex

import (
	"errors"
	"strings"
)

var (
	errBracket = errors.New("regex: missing ]")
	errRange   = errors.New("regex: a range must have a character at each end")
)

// bracket writes a bracket expression, in which a backslash has no meaning.
func (t *translator) bracket() error {
	end := bracketEnd(t.in, t.at)
	if end < 0 {
		return errBracket
	}
	body := t.in[t.at+1 : end]
	t.at = end + 1
	t.out.WriteByte('[')
	if body[0] == '^' {
		t.out.WriteByte('^')
		if t.flags&Lines != 0 {
			t.out.WriteString(`\n`)
		}
		body = body[1:]
	}
	for body != "" {
		n, err := t.member(body)
		if err != nil {
			return err
		}
		body = body[n:]
	}
	t.out.WriteByte(']')
	return nil
}

// member writes the character, range or class that a bracket expression goes on with, and tells its length.
func (t *translator) member(s string) (int, error) {
	if n := strings.Index(s, ":]"); strings.HasPrefix(s, "[:") {
		if rest := s[n+2:]; len(rest) > 1 && rest[0] == '-' {
			return 0, errRange
		}
		t.out.WriteString(s[:n+2])
		return n + 2, nil
	}
	from, n, err := element(s)
	if err != nil {
		return 0, err
	}
	t.literal(from)
	if len(s) < n+2 || s[n] != '-' {
		return n, nil
	}
	to, m, err := element(s[n+1:])
	if err != nil {
		return 0, err
	}
	t.out.WriteByte('-')
	t.literal(to)
	n += 1 + m
	if len(s) > n+1 && s[n] == '-' { // a second range cannot begin at the end of the first
		return 0, errRange
	}
	return n, nil
}

// element is one character, which may be written as [.x.] or [=x=], and the length of what is written.
func element(s string) (text string, n int, err error) {
	if s[0] != '[' || len(s) < 2 || s[1] != '.' && s[1] != '=' {
		return s[:1], 1, nil
	}
	end := strings.Index(s[2:], s[1:2]+"]")
	if end != 1 {
		return "", 0, errRange
	}
	return s[2:3], 5, nil
}

func (t *translator) literal(text string) {
	if strings.Contains(`\][^-`, text) {
		t.out.WriteByte('\\')
	}
	t.out.WriteString(text)
}

// bracketEnd is the place of the bracket that closes the one at a place, or -1. The first character may be a bracket
// itself, and what [: [. and [= begin holds one.
func bracketEnd(s string, at int) int {
	i := at + 1
	if i < len(s) && s[i] == '^' {
		i++
	}
	if i < len(s) && s[i] == ']' {
		i++
	}
	for ; i < len(s); i++ {
		if s[i] == '[' && i+1 < len(s) && strings.IndexByte(":.=", s[i+1]) >= 0 {
			n := strings.Index(s[i+2:], s[i+1:i+2]+"]")
			if n < 0 {
				return -1
			}
			i += n + 3
			continue
		}
		if s[i] == ']' {
			return i
		}
	}
	return -1
}
