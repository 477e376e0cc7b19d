package xlog

import (
	"errors"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var vars = kemi.Vars[state]{
	{Name: "C", Named: true, Get: color, Parse: parseColor, Doc: "terminal colour: $C(rx), foreground and background; capitals are bright, x is the default"},
}

// colors are the letters of the eight colours, in the terminal's order.
const colors = "srgybpcw"

var errColor = errors.New("xlog: a colour is two letters of srgybpcwx")

// parseColor makes the escape sequence of a pair of letters.
func parseColor(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if len(inner) != 2 {
		return nil, errColor
	}
	front, bright, ok := foreground(inner[0])
	if !ok {
		return nil, errColor
	}
	back := "49"
	if inner[1] != 'x' {
		i := strings.IndexByte(colors, inner[1])
		if i < 0 {
			return nil, errColor
		}
		back = "4" + string(rune('0'+i))
	}
	return "\x1b[" + bright + ";" + front + ";" + back + "m", nil
}

func foreground(letter byte) (code, bright string, ok bool) {
	if letter == 'x' {
		return "39", "0", true
	}
	bright = "0"
	if letter-'A' < 26 {
		letter, bright = letter|0x20, "1"
	}
	i := strings.IndexByte(colors, letter)
	if i < 0 {
		return "", "", false
	}
	return "3" + string(rune('0'+i)), bright, true
}

func color(_ *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	text, _ := a.Data.(string)
	return kemi.Str(text)
}
