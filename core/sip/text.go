package sip

import "strings"

// Classes of bytes, as bits in byteClass.
const (
	classToken   = 1 << iota // token of RFC 3261 25.1
	classHost                // host name, lenient: letters, digits and "-._%"
	classBlank               // blanks and line ends: what folding leaves between two tokens
	classNoURI               // never in a part of a URI
	classElement             // of meaning to elementEnd
	className                // of a header name as scripts give it
	classParam               // plain in a parameter: neither ends nor quotes one
)

// byteClass is never written after start.
var byteClass = makeByteClass()

func makeByteClass() (table [256]uint8) {
	const alnum = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	mark := func(class uint8, bytes string) {
		for i := range len(bytes) {
			table[bytes[i]] |= class
		}
	}
	mark(classToken, alnum+"-.!%*_+`'~")
	mark(classHost, alnum+"-._%")
	mark(classBlank, " \t\r\n")
	mark(className, alnum+"-.+_~")
	mark(classElement, `,"<`)
	mark(classNoURI, "<>@\x7f")
	for b := range ' ' + 1 {
		table[b] |= classNoURI
	}
	for b := range table {
		table[b] |= classParam
	}
	for _, b := range []byte(" \t\r\n;=\"") {
		table[b] &^= classParam
	}
	return table
}

func isBlank(b byte) bool { return byteClass[b]&classBlank != 0 }
func isDigit(b byte) bool { return b-'0' < 10 }

// TrimPrefixFold takes a prefix, in any case, from the front of a longer text.
func TrimPrefixFold(text, prefix string) string {
	if n := len(prefix); n < len(text) && EqualFold(text[:n], prefix) {
		return text[n:]
	}
	return text
}

// EqualFold reports whether two ASCII texts are equal without regard to case.
func EqualFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	if a == b {
		return true
	}
	for i := range len(a) {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(b byte) byte {
	if b-'A' < 26 {
		return b | 0x20
	}
	return b
}

// trimLeft drops leading blanks and line ends.
func trimLeft(s string) string {
	i := 0
	for i < len(s) && isBlank(s[i]) {
		i++
	}
	return s[i:]
}

// trimRight drops trailing blanks and line ends.
func trimRight(s string) string {
	i := len(s)
	for i > 0 && isBlank(s[i-1]) {
		i--
	}
	return s[:i]
}

func trim(s string) string { return trimRight(trimLeft(s)) }

// cutToken takes a token and the blanks after it.
func cutToken(s string) (token, rest string) {
	i := 0
	for i < len(s) && byteClass[s[i]]&classToken != 0 {
		i++
	}
	return s[:i], trimLeft(s[i:])
}

func isToken(s string) bool {
	token, _ := cutToken(s)
	return s != "" && len(token) == len(s)
}

// closeQuote gives the place of the quote that closes the one s begins with, or -1. A backslash escapes.
func closeQuote(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
	return -1
}

// CutElement takes the first element of a comma-separated list, without blanks around it.
func CutElement(s string) (element, rest string) {
	if end := elementEnd(s); end >= 0 {
		return trim(s[:end]), afterComma(s[end:])
	}
	return trim(s), ""
}

// elementEnd gives the place of the comma that ends the first element of a list, or the length of s. Commas in quoted
// strings and angle brackets do not count. It is -1 if a quoted string or bracket is left open.
func elementEnd(s string) int {
	for i := 0; i < len(s); i++ {
		if byteClass[s[i]]&classElement == 0 {
			continue
		}
		n := 0
		switch s[i] {
		case ',':
			return i
		case '"':
			n = closeQuote(s[i:])
		case '<':
			n = strings.IndexByte(s[i:], '>')
		}
		if n < 0 {
			return -1
		}
		i += n
	}
	return len(s)
}

// afterComma drops the comma that s begins with, and the blanks around it.
func afterComma(s string) string {
	if s == "" {
		return ""
	}
	return trimLeft(s[1:])
}

// parseUint reads a decimal number of at most max.
func parseUint(s string, max uint32) (uint32, error) {
	if s == "" {
		return 0, ErrNumber
	}
	var n uint64
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, ErrNumber
		}
		if n = n*10 + uint64(s[i]-'0'); n > uint64(max) {
			return 0, ErrNumber
		}
	}
	return uint32(n), nil
}

// digits gives the number of leading digits.
func digits(s string) int {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

// parsePort reads a port from 1 to 65535.
func parsePort(s string) (uint16, error) {
	n, err := parseUint(s, 65535)
	if n == 0 {
		return 0, ErrNumber
	}
	return uint16(n), err
}

func hasBlank(s string) bool {
	for i := range len(s) {
		if isBlank(s[i]) {
			return true
		}
	}
	return false
}
