package pv

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var encodeTrans = kemi.Trans[state]{
	{Name: "s.encode.hexa", Call: mapped(func(s string) string { return hex.EncodeToString([]byte(s)) }), Doc: "hexadecimal"},
	{Name: "s.decode.hexa", Call: decoded(decodeHex), Doc: "decoded hexadecimal; a lone last digit is ignored"},
	{Name: "s.encode.7bit", Call: mapped(encode7bit), Doc: "packed into 7 bits a byte (GSM 03.38), in hexadecimal"},
	{Name: "s.decode.7bit", Call: mapped(decode7bit), Doc: "decoded from packed 7 bits"},
	{Name: "s.encode.base58", Call: decoded(encode58), Doc: "base58, as Bitcoin writes it"},
	{Name: "s.decode.base58", Call: decoded(decode58), Doc: "decoded base58, with a NUL byte after it, as the incumbent leaves it"},
	{Name: "s.encode.base64", Call: encode64(base64.StdEncoding), Doc: "base64"},
	{Name: "s.decode.base64", Call: decoded(decode64), Doc: "decoded base64, with its padding"},
	{Name: "s.encode.base64t", Call: encode64(base64.RawStdEncoding), Doc: "base64 without padding"},
	{Name: "s.decode.base64t", Call: decoded(decode64Trimmed), Doc: "decoded base64 without padding"},
	{Name: "s.encode.base64url", Call: encode64(base64.URLEncoding), Doc: "base64 for URLs"},
	{Name: "s.decode.base64url", Call: decoded(decode64URL), Doc: "decoded base64 for URLs"},
	{Name: "s.encode.base64urlt", Call: encode64(base64.RawURLEncoding), Doc: "base64 for URLs without padding"},
	{Name: "s.decode.base64urlt", Call: decoded(decode64URL), Doc: "decoded base64 for URLs without padding"},
}

func decodeHex(s string) (string, bool) {
	out, err := hex.DecodeString(s[:len(s)&^1])
	return string(out), err == nil
}

func encode64(e *base64.Encoding) tran {
	return mapped(func(s string) string { return e.EncodeToString([]byte(s)) })
}

// value64 gives the six bits of each byte; those outside of the alphabet count as eight bits set, as in the incumbent.
var value64 = makeValue64()

func makeValue64() (table [256]byte) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range table {
		table[i] = 0xff
	}
	for i := range len(alphabet) {
		table[alphabet[i]] = byte(i)
	}
	return table
}

func decode64(s string) (string, bool) {
	if len(s)%4 != 0 {
		return "", false
	}
	return decode64Trimmed(s)
}

func decode64Trimmed(s string) (string, bool) {
	for i := 0; i < 2 && strings.HasSuffix(s, "="); i++ {
		s = s[:len(s)-1]
	}
	out := make([]byte, 0, len(s)*3/4+1)
	for ; len(s) >= 4; s = s[4:] {
		a, b, c, d := value64[s[0]], value64[s[1]], value64[s[2]], value64[s[3]]
		out = append(out, a<<2|b>>4, b<<4|c>>2, c<<6|d)
	}
	switch len(s) {
	case 1:
		out = append(out, value64[s[0]]<<2|0x0f)
	case 2:
		out = append(out, value64[s[0]]<<2|value64[s[1]]>>4)
	case 3:
		b := value64[s[1]]
		out = append(out, value64[s[0]]<<2|b>>4, b<<4|value64[s[2]]>>2)
	}
	return string(out), true
}

func decode64URL(s string) (string, bool) {
	out, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	return string(out), err == nil && s != "" && !strings.ContainsAny(s, "\r\n")
}

func encode7bit(s string) string {
	out := make([]byte, 0, len(s))
	for i, shift := 0, 0; i < len(s); i, shift = i+1, shift+1 {
		if shift == 7 {
			shift = -1
			continue
		}
		b := s[i] >> shift
		if i+1 < len(s) {
			b |= s[i+1] << (7 - shift)
		}
		out = append(out, b)
	}
	return strings.ToUpper(hex.EncodeToString(out))
}

// decode7bit takes any text: for other characters than digits it gives what the incumbent does.
func decode7bit(s string) string {
	out := make([]byte, 0, len(s)*4/7+1)
	bits, n := uint16(0), 0
	for i := 0; i < len(s); i += 2 {
		low := byte(0)
		if i+1 < len(s) {
			low = s[i+1]
		}
		bits |= uint16(looseDigit(s[i])<<4|looseDigit(low)) << n
		for n += 8; n >= 7; n -= 7 {
			out = append(out, byte(bits&0x7f))
			bits >>= 7
		}
	}
	return string(out)
}

// looseDigit is the value of a hexadecimal digit, and for any other byte its distance from where such a letter would be.
func looseDigit(b byte) byte {
	switch {
	case b >= '0' && b <= '9':
		return b - '0'
	case b >= 'A' && b <= 'Z':
		b |= 0x20
	}
	return b - 'a' + 10
}
