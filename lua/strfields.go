package lua

import (
	"math"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

func (d *directive) integer(out []byte, f float64) []byte {
	n := int64(f)
	sign, digits := d.sign(n < 0), strconv.FormatInt(n, 10)
	return d.pad(out, sign, d.digits(strings.TrimPrefix(digits, "-")), d.precision < 0)
}

func (d *directive) unsigned(out []byte, f float64) []byte {
	n := uint64(int64(f))
	if f >= 1<<63 {
		n = uint64(f)
	}
	base, prefix := 10, ""
	switch d.verb {
	case 'o':
		base = 8
		if d.sharp {
			prefix = "0"
		}
	case 'x', 'X':
		base = 16
		if d.sharp && n != 0 {
			prefix = "0" + string(d.verb)
		}
	}
	digits := strconv.FormatUint(n, base)
	if d.verb == 'X' {
		digits = strings.ToUpper(digits)
	}
	return d.pad(out, prefix, d.digits(digits), d.precision < 0)
}

// digits fills an integer up to the precision.
func (d *directive) digits(text string) string {
	if d.precision == 0 && text == "0" {
		return ""
	}
	if missing := d.precision - len(text); missing > 0 {
		return strings.Repeat("0", missing) + text
	}
	return text
}

func (d *directive) float(out []byte, f float64) []byte {
	sign := d.sign(math.Signbit(f) && !math.IsNaN(f))
	f = math.Abs(f)
	upper := d.verb < 'a'
	var text string
	switch precision := d.precision; {
	case math.IsInf(f, 0):
		text = "inf"
	case math.IsNaN(f):
		text = "nan"
	case d.verb == 'g' || d.verb == 'G':
		if precision < 0 {
			precision = 6
		}
		text = string(appendG(nil, f, precision, d.sharp))
	default:
		if precision < 0 {
			precision = 6
		}
		text = strconv.FormatFloat(f, d.verb|0x20, precision, 64)
	}
	if upper {
		text = strings.ToUpper(text)
	}
	return d.pad(out, sign, text, !math.IsInf(f, 0) && !math.IsNaN(f))
}

func (d *directive) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case d.plus:
		return "+"
	case d.space:
		return " "
	}
	return ""
}

// pad brings a field to its width: blanks, or zeros after the sign.
func (d *directive) pad(out []byte, sign, text string, zeros bool) []byte {
	missing := max(d.width-len(sign)-len(text), 0)
	switch {
	case d.minus:
		out = append(append(out, sign...), text...)
		return append(out, strings.Repeat(" ", missing)...)
	case d.zero && zeros:
		out = append(append(out, sign...), strings.Repeat("0", missing)...)
		return append(out, text...)
	}
	out = append(out, strings.Repeat(" ", missing)...)
	return append(append(out, sign...), text...)
}

// appendQuoted is %q: a text that Lua reads back.
func appendQuoted(out []byte, s string) []byte {
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\', '\n':
			out = append(out, '\\', c)
		case '\r':
			out = append(out, `\r`...)
		case 0:
			out = append(out, `\000`...)
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// toText is tostring.
func toText(L *glua.LState, v glua.LValue) string {
	if glua.LVCanConvToString(v) {
		return textOf(v)
	}
	return L.ToStringMeta(v).String()
}
