package pv

import (
	"strconv"
	"time"
)

// timeLayouts are the conversions of strftime that Go's time layouts know.
var timeLayouts = [256]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'h': "Jan", 'c': time.ANSIC, 'd': "02", 'D': "01/02/06",
	'e': "_2", 'F': "2006-01-02", 'H': "15", 'I': "03", 'j': "002", 'm': "01", 'M': "04", 'p': "PM", 'r': "03:04:05 PM",
	'R': "15:04", 'S': "05", 'T': "15:04:05", 'x': "01/02/06", 'X': "15:04:05", 'y': "06", 'Y': "2006", 'z': "-0700", 'Z': "MST",
	'P': "pm",
}

// timeNumbers are the conversions that are computed, with their widths.
var timeNumbers = [256]struct {
	width int
	of    func(t time.Time) int
}{
	'C': {2, func(t time.Time) int { return t.Year() / 100 }},
	'G': {4, func(t time.Time) int { year, _ := t.ISOWeek(); return year }},
	'g': {2, func(t time.Time) int { year, _ := t.ISOWeek(); return year % 100 }},
	's': {1, func(t time.Time) int { return int(t.Unix()) }},
	'u': {1, func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }},
	'U': {2, func(t time.Time) int { return (t.YearDay() + 6 - int(t.Weekday())) / 7 }},
	'V': {2, func(t time.Time) int { _, week := t.ISOWeek(); return week }},
	'w': {1, func(t time.Time) int { return int(t.Weekday()) }},
	'W': {2, func(t time.Time) int { return (t.YearDay() + 6 - (int(t.Weekday())+6)%7) / 7 }},
}

// appendTime writes a time in a format of strftime, in the C locale. Unknown conversions stay as written.
func appendTime(dst []byte, format string, t time.Time) []byte {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			dst = append(dst, format[i])
			continue
		}
		i++
		dst = appendTimePart(dst, format[i], t)
	}
	return dst
}

func appendTimePart(dst []byte, conversion byte, t time.Time) []byte {
	if layout := timeLayouts[conversion]; layout != "" {
		return t.AppendFormat(dst, layout)
	}
	if n := timeNumbers[conversion]; n.of != nil {
		digits := strconv.Itoa(n.of(t))
		for i := len(digits); i < n.width; i++ {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	switch conversion {
	case '%':
		return append(dst, '%')
	case 'n':
		return append(dst, '\n')
	case 't':
		return append(dst, '\t')
	}
	return append(dst, '%', conversion)
}
