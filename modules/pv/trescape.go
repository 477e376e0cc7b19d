package pv

import (
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var escapeTrans = kemi.Trans[state]{
	{Name: "s.escape.common", Call: mapped(escapeCommon), Doc: "backslashes before quotes, backslashes and NUL"},
	{Name: "s.unescape.common", Call: mapped(unescapeCommon), Doc: "such backslashes taken away"},
	{Name: "s.escape.crlf", Call: mapped(crlfEscaper.Replace), Doc: `line ends written as \r and \n`},
	{Name: "s.unescape.crlf", Call: mapped(crlfUnescaper.Replace), Doc: "line ends written so restored"},
	{Name: "s.escape.user", Call: decoded(func(s string) (string, bool) { return percentEncode(s, keepInUser, false) }), Doc: "escaped for the user of a URI (RFC 3261); null for bytes that are not printable ASCII"},
	{Name: "s.unescape.user", Call: decoded(percentDecode), Doc: "URI escapes resolved; null if one is wrong or not printable"},
	{Name: "s.escape.param", Call: decoded(func(s string) (string, bool) { return percentEncode(s, keepInParam, false) }), Doc: "escaped for a parameter of a URI"},
	{Name: "s.unescape.param", Call: decoded(percentDecode), Doc: "URI escapes resolved; null if one is wrong or not printable"},
	{Name: "s.escape.csv", Call: mapped(func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }), Doc: "a quoted field of comma-separated values"},
	{Name: "s.urlencode.param", Call: decoded(func(s string) (string, bool) { return percentEncode(s, keepInURL, true) }), Doc: "escaped for a parameter of a web URL"},
	{Name: "s.urldecode.param", Call: mapped(urlDecode), Doc: "unescaped from a parameter of a web URL; a plus is a space"},
}

// crlfEscaper and crlfUnescaper are never written after start.
var (
	crlfEscaper   = strings.NewReplacer("\r", `\r`, "\n", `\n`)
	crlfUnescaper = strings.NewReplacer(`\r`, "\r", `\n`, "\n")
)

const alnum = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// What stays unescaped (RFC 3261 25.1, RFC 3986 2.3).
const (
	keepInUser  = alnum + "-_.!~*'()&=+$,;"
	keepInParam = alnum + "-_.!~*'()[]/:&+$"
	keepInURL   = alnum + "-_.~"
)

// percentEncode writes the bytes that are not kept as %hh. Unless any is set, bytes that
// are not printable ASCII are an error.
func percentEncode(s, keep string, any bool) (string, bool) {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, len(s)+16)
	for i := range len(s) {
		b := s[i]
		switch {
		case strings.IndexByte(keep, b) >= 0:
			out = append(out, b)
		case !any && !printable(b):
			return "", false
		default:
			out = append(out, '%', digits[b>>4], digits[b&15])
		}
	}
	return string(out), true
}

func printable(b byte) bool { return b >= ' ' && b < 0x7f }

// percentDecode resolves %hh strictly.
func percentDecode(s string) (string, bool) {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b == '%' {
			if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
				return "", false
			}
			b = hexValue(s[i+1])<<4 | hexValue(s[i+2])
			i += 2
		}
		if !printable(b) {
			return "", false
		}
		out = append(out, b)
	}
	return string(out), true
}

func isHex(b byte) bool { return b-'0' < 10 || (b|0x20)-'a' < 6 }

// hexValue gives some value for other bytes too: urlDecode takes them as they come.
func hexValue(b byte) byte {
	if b-'0' < 10 {
		return b - '0'
	}
	return (b | 0x20) - 'a' + 10
}

// urlDecode is lenient as the incumbent is: what follows a percent sign counts as digits,
// and a percent sign without two bytes after it is dropped.
func urlDecode(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			out = append(out, ' ')
		case s[i] != '%':
			out = append(out, s[i])
		case i+2 < len(s):
			out = append(out, hexValue(s[i+1])<<4|hexValue(s[i+2]))
			i += 2
		}
	}
	return string(out)
}

func escapeCommon(s string) string {
	out := make([]byte, 0, len(s)+8)
	for i := range len(s) {
		switch b := s[i]; b {
		case '\'', '"', '\\':
			out = append(out, '\\', b)
		case 0:
			out = append(out, `\0`...)
		default:
			out = append(out, b)
		}
	}
	return string(out)
}

func unescapeCommon(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) || strings.IndexByte(`'"\0`, s[i+1]) < 0 {
			out = append(out, s[i])
			continue
		}
		i++
		if s[i] == '0' {
			out = append(out, 0)
		} else {
			out = append(out, s[i])
		}
	}
	return string(out)
}
