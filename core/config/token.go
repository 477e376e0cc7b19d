package config

import "strconv"

// tokenKind sorts tokens by what the parser does with them.
type tokenKind uint8

const (
	tokEOF    tokenKind = iota
	tokWord             // letters, digits, underscores
	tokNumber           // a word that is a number
	tokString           // a quoted string, substitutions done
	tokIPv6             // an IPv6 address without brackets
	tokPunct            // any other single byte
)

// token is a piece of the file with its place.
type token struct {
	kind  tokenKind
	text  string // as written; of a string the content
	num   int64
	pos   Pos
	first bool // the first one on its line
	tight bool // nothing stands between the previous token and this one
}

// is tells whether the token is the given punctuation or word.
func (t token) is(text string) bool {
	return (t.kind == tokPunct || t.kind == tokWord) && t.text == text
}

// String is the token as messages name it.
func (t token) String() string {
	switch t.kind {
	case tokEOF:
		return "the end of the file"
	case tokString:
		return "the string " + strconv.Quote(shorten(t.text))
	case tokNumber:
		return "the number " + t.text
	default:
		return strconv.Quote(shorten(t.text))
	}
}

// shorten keeps messages readable when a token is long.
func shorten(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
