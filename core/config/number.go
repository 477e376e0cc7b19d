package config

import (
	"strconv"
	"strings"
)

// parseNumber reads a word as a number: decimal, 0x1f, octal 017, binary 101b.
// isNumber is false for a word of another shape; err is for a number too large.
func parseNumber(word string) (n int64, isNumber bool, err error) {
	digits, base := word, 10
	switch {
	case strings.HasPrefix(word, "0x") || strings.HasPrefix(word, "0X"):
		digits, base = word[2:], 16
	case len(word) > 1 && word[len(word)-1] == 'b':
		digits, base = word[:len(word)-1], 2
	case len(word) > 1 && word[0] == '0':
		base = 8
	}
	if !onlyDigits(digits, base) {
		return 0, false, nil
	}
	n, err = strconv.ParseInt(digits, base, 64)
	return n, true, err
}

func onlyDigits(s string, base int) bool {
	const all = "0123456789abcdef"
	for i := range len(s) {
		if !strings.Contains(all[:base], strings.ToLower(s[i:i+1])) {
			return false
		}
	}
	return s != ""
}

// boolWords are the words that stand for a number.
var boolWords = map[string]int64{
	"yes": 1, "on": 1, "true": 1, "enable": 1,
	"no": 0, "off": 0, "false": 0, "disable": 0,
}
