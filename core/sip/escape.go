package sip

import "strings"

const hexDigits = "0123456789ABCDEF"

func isHex(b byte) bool { return isDigit(b) || lower(b)-'a' < 6 }

func hexValue(b byte) byte {
	if isDigit(b) {
		return b - '0'
	}
	return lower(b) - 'a' + 10
}

// Unescape resolves the %HH escapes of a URI part. It allocates only if there are any.
func Unescape(s string) (string, error) {
	i := strings.IndexByte(s, '%')
	if i < 0 {
		return s, nil
	}
	out := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		if s[i] != '%' {
			out = append(out, s[i])
			continue
		}
		if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
			return "", ErrEscape
		}
		out = append(out, hexValue(s[i+1])<<4|hexValue(s[i+2]))
		i += 2
	}
	return string(out), nil
}

// EscapeUser writes the bytes that a user part may not hold as %HH (RFC 3261 25.1). It allocates only if there are any.
func EscapeUser(s string) string { return escape(s, classUser) }

// EscapeToken writes the bytes that a token may not hold as %HH, which is what a URI header value needs.
func EscapeToken(s string) string { return escape(s, classToken) }

func escape(s string, class uint8) string {
	i := 0
	for i < len(s) && byteClass[s[i]]&class != 0 && s[i] != '%' {
		i++
	}
	if i == len(s) {
		return s
	}
	out := append(make([]byte, 0, len(s)+8), s[:i]...)
	for ; i < len(s); i++ {
		if b := s[i]; byteClass[b]&class != 0 && b != '%' {
			out = append(out, b)
		} else {
			out = append(out, '%', hexDigits[b>>4], hexDigits[b&15])
		}
	}
	return string(out)
}
