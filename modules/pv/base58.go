package pv

import "strings"

const alphabet58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// max58 bounds the text, since the time to convert grows with the square of the length.
const max58 = 2048

// encode58 writes a text as a number of base 58; each leading NUL is a 1.
func encode58(s string) (string, bool) {
	if len(s) > max58 {
		return "", false
	}
	zeros := len(s) - len(strings.TrimLeft(s, "\x00"))
	digits := convert([]byte(s[zeros:]), 256, 58)
	out := make([]byte, 0, zeros+len(digits))
	for range zeros {
		out = append(out, '1')
	}
	for _, d := range digits {
		out = append(out, alphabet58[d])
	}
	return string(out), true
}

// decode58 reads such a number, and puts a NUL after it.
func decode58(s string) (string, bool) {
	if len(s) > 2*max58 {
		return "", false
	}
	zeros := len(s) - len(strings.TrimLeft(s, "1"))
	digits := make([]byte, 0, len(s))
	for i := zeros; i < len(s); i++ {
		d := strings.IndexByte(alphabet58, s[i])
		if d < 0 {
			return "", false
		}
		digits = append(digits, byte(d))
	}
	return strings.Repeat("\x00", zeros) + string(convert(digits, 58, 256)) + "\x00", true
}

// convert turns digits of one base into those of another, the highest first.
func convert(digits []byte, from, to int) []byte {
	var out []byte // the lowest first
	for _, d := range digits {
		carry := int(d)
		for i := range out {
			carry += int(out[i]) * from
			out[i] = byte(carry % to)
			carry /= to
		}
		for ; carry > 0; carry /= to {
			out = append(out, byte(carry%to))
		}
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}
