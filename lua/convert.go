package lua

import (
	"math"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/kemi"
)

// Results that scripts see again and again are boxed once.
const boxedInts = 1024

var (
	smallInts   = boxInts()
	emptyString = glua.LValue(glua.LString(""))
)

func boxInts() (boxes [2*boxedInts + 1]glua.LValue) {
	for i := range boxes {
		boxes[i] = glua.LNumber(i - boxedInts)
	}
	return boxes
}

func luaInt(n int64) glua.LValue {
	if n >= -boxedInts && n <= boxedInts {
		return smallInts[n+boxedInts]
	}
	return glua.LNumber(n)
}

func luaString(s string) glua.LValue {
	if s == "" {
		return emptyString
	}
	return glua.LString(s)
}

// toLua gives a script what a KSR function returned.
func toLua(v kemi.Value) glua.LValue {
	switch v.Kind() {
	case kemi.KindInt:
		return luaInt(v.Int64())
	case kemi.KindStr:
		return luaString(v.Text())
	case kemi.KindBool:
		return glua.LBool(v.Truth())
	case kemi.KindTable:
		return toLuaTable(v.Table())
	}
	return glua.LNil
}

func toLuaTable(t *kemi.Table) glua.LValue {
	out := &glua.LTable{Metatable: glua.LNil}
	if t == nil {
		return out
	}
	for _, p := range t.Pairs {
		if p.Key.IsNull() {
			out.Append(toLua(p.Value))
			continue
		}
		out.RawSet(toLua(p.Key), toLua(p.Value))
	}
	return out
}

// textOf is a text or number as Lua writes it.
func textOf(v glua.LValue) string {
	switch v := v.(type) {
	case glua.LString:
		return string(v)
	case glua.LNumber:
		return numberText(float64(v))
	}
	return ""
}

func numberText(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e14 {
		return strconv.FormatInt(int64(f), 10)
	}
	return string(appendNumber(nil, f))
}

// appendNumber writes a number as Lua does, with 14 digits.
func appendNumber(dst []byte, f float64) []byte {
	switch {
	case f == math.Trunc(f) && math.Abs(f) < 1e14:
		return strconv.AppendInt(dst, int64(f), 10)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	case math.IsNaN(f):
		return append(dst, "nan"...)
	}
	return appendG(dst, f, 14, false)
}

// appendG is C's %g: like Go's, but a trailing zero of the fraction goes.
func appendG(dst []byte, f float64, precision int, keepZeros bool) []byte {
	if precision == 0 {
		precision = 1
	}
	exponent := 0
	if f != 0 {
		text := strconv.FormatFloat(f, 'e', precision-1, 64)
		exponent, _ = strconv.Atoi(text[strings.IndexByte(text, 'e')+1:])
	}
	if exponent < -4 || exponent >= precision {
		text := strconv.FormatFloat(f, 'e', precision-1, 64)
		cut := strings.IndexByte(text, 'e')
		return append(append(dst, trimZeros(text[:cut], keepZeros)...), text[cut:]...)
	}
	text := strconv.FormatFloat(f, 'f', precision-1-exponent, 64)
	return append(dst, trimZeros(text, keepZeros)...)
}

func trimZeros(text string, keep bool) string {
	if keep || strings.IndexByte(text, '.') < 0 {
		return text
	}
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// toInt is what an int parameter makes of a number: C's conversions from double to a long
// and then to a 32-bit int, as the incumbent has them.
func toInt(f float64) int {
	if !(math.Abs(f) < 1<<63) {
		return 0
	}
	return int(int32(int64(f)))
}

// parseNumber reads a text as Lua does where it wants a number: blanks around it, decimal
// or hexadecimal.
func parseNumber(text string) (float64, bool) {
	text = strings.Trim(text, " \t\r\n\f\v")
	if text == "" || strings.ContainsAny(text, "_pPiInN") {
		return 0, false
	}
	digits, negative := text, false
	if digits[0] == '-' || digits[0] == '+' {
		negative, digits = digits[0] == '-', digits[1:]
	}
	if len(digits) > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X') {
		n, err := strconv.ParseUint(digits[2:], 16, 64)
		if negative {
			return -float64(n), err == nil
		}
		return float64(n), err == nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}
