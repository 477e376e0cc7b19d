package registrar

import (
	"iter"
	"strconv"
	"strings"
)

// words yields the words of a comma-separated list without the blanks around them.
func words(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for x := range strings.SplitSeq(list, ",") {
			if x = strings.Trim(x, " \t\r\n"); x != "" && !yield(x) {
				return
			}
		}
	}
}

// parseQ reads a preference from 0 to 1 as thousandths; digits past the third are cut, and
// the 0 before the point may be missing.
func parseQ(s string) (q int16, ok bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if whole == "" && fraction != "" {
		whole = "0"
	}
	if len(whole) != 1 || whole[0] != '0' && whole[0] != '1' {
		return 0, false
	}
	for i := range 3 {
		digit := byte('0')
		if i < len(fraction) {
			digit = fraction[i]
		}
		if digit-'0' > 9 {
			return 0, false
		}
		q = q*10 + int16(digit-'0')
	}
	if whole[0] == '1' {
		return 1000, q == 0
	}
	return q, true
}

// appendQ writes a preference as a q parameter has it: "0.5".
func appendQ(b []byte, q int16) []byte {
	if q >= 1000 {
		return append(b, '1')
	}
	b = append(b, '0')
	if q <= 0 {
		return b
	}
	digits := strconv.Itoa(1000 + int(q))[1:]
	b = append(b, '.')
	return append(b, strings.TrimRight(digits, "0")...)
}

// seconds reads a lifetime; ok is false for what is no number of 32 bits.
func seconds(s string) (n int64, ok bool) {
	if s == "" { // most contacts; an error would be made for it
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && n <= 1<<32-1
}
