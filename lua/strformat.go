package lua

import (
	"math"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// maxWidth is the widest field of string.format, as in Lua 5.1: two digits.
const maxWidth = 99

// directive is one % of a format.
type directive struct {
	minus, plus, space, sharp, zero bool
	width                           int
	precision                       int // -1 if none
	verb                            byte
}

// stringFormat is string.format.
func stringFormat(L *glua.LState) int {
	format := L.CheckString(1)
	var out []byte
	arg := 1
	for {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			break
		}
		out = append(out, format[:i]...)
		format = format[i+1:]
		if strings.HasPrefix(format, "%") {
			out, format = append(out, '%'), format[1:]
			continue
		}
		d, used := parseDirective(L, format)
		format = format[used:]
		arg++
		out = d.append(L, out, arg)
		stateOf(L).room(L, len(out))
	}
	L.Push(luaString(string(append(out, format...))))
	return 1
}

// parseDirective reads what follows a %, and tells how long it is.
func parseDirective(L *glua.LState, s string) (d directive, used int) {
	d.precision = -1
	i := 0
	for ; i < len(s) && strings.IndexByte("-+ #0", s[i]) >= 0; i++ {
		switch s[i] {
		case '-':
			d.minus = true
		case '+':
			d.plus = true
		case ' ':
			d.space = true
		case '#':
			d.sharp = true
		case '0':
			d.zero = true
		}
	}
	d.width, i = formatNumber(L, s, i)
	if i < len(s) && s[i] == '.' {
		d.precision, i = formatNumber(L, s, i+1)
	}
	if i >= len(s) {
		L.RaiseError("invalid option '%%' to 'format'")
	}
	d.verb = s[i]
	return d, i + 1
}

func formatNumber(L *glua.LState, s string, i int) (n, next int) {
	for ; i < len(s) && isDigit(s[i]); i++ {
		if n = n*10 + int(s[i]-'0'); n > maxWidth {
			L.RaiseError("invalid format (width or precision too long)")
		}
	}
	return n, i
}

// append writes the argument as the directive says.
func (d *directive) append(L *glua.LState, out []byte, arg int) []byte {
	switch d.verb {
	case 'c':
		return d.pad(out, "", string([]byte{byte(int64(L.CheckNumber(arg)))}), false)
	case 'd', 'i':
		return d.integer(out, float64(L.CheckNumber(arg)))
	case 'u', 'o', 'x', 'X':
		return d.unsigned(out, float64(L.CheckNumber(arg)))
	case 'e', 'E', 'f', 'g', 'G':
		return d.float(out, float64(L.CheckNumber(arg)))
	case 'q':
		return appendQuoted(out, L.CheckString(arg))
	case 's':
		return d.text(L, out, arg)
	}
	L.RaiseError("invalid option '%%%s' to 'format'", string(rune(d.verb)))
	return out
}

func (d *directive) text(L *glua.LState, out []byte, arg int) []byte {
	text := toText(L, L.CheckAny(arg))
	if d.precision >= 0 && d.precision < len(text) {
		text = text[:d.precision]
	}
	return d.pad(out, "", text, false)
}

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
