package lua

import (
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
