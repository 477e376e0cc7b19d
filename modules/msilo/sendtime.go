package msilo

import (
	"math"
	"time"
)

// timeParts are the parts of a send time after the year: their lowest and highest values.
var timeParts = [...]struct{ least, most int }{{0, 12}, {0, 31}, {0, 23}, {0, 59}, {0, 59}}

// sendTime reads local time as YYYYMMDDHHMMSS, in seconds since 1970; 0 for what is none. What is left off at the end is
// zero, and a lone digit counts tens. The month is January then, but the day is the one before the first, as in the
// incumbent, whose reckoning is kept for 00 as a month or a day too.
func sendTime(text string) int64 {
	if text == "" || len(text) > len("YYYYMMDDHHMMSS") {
		return 0
	}
	year, rest, ok := digits(text, 4)
	if !ok {
		return 0
	}
	parts := [len(timeParts)]int{1} // January
	for i := 0; rest != ""; i++ {
		if parts[i], rest, ok = digits(rest, 2); !ok || parts[i] < timeParts[i].least || parts[i] > timeParts[i].most {
			return 0
		}
	}
	t := time.Date(year, time.Month(parts[0]), parts[1], parts[2], parts[3], parts[4], 0, time.Local).Unix()
	if t < 0 || t > math.MaxInt32 {
		return 0 // the column holds no more
	}
	return t
}

// digits reads a number of n digits; missing ones are zeros.
func digits(text string, n int) (value int, rest string, ok bool) {
	for i := range n {
		value *= 10
		if i >= len(text) {
			continue
		}
		if text[i] < '0' || text[i] > '9' {
			return 0, "", false
		}
		value += int(text[i] - '0')
	}
	return value, text[min(n, len(text)):], true
}
