package libs

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// openMIME makes LuaSocket's mime. The low-level functions work on a whole text at once: they give its result and "" for
// what they kept for the next call, which is nothing. The encode, decode, wrap and normalize filters take chunks.
func openMIME(h Host, L *glua.LState) int {
	lib := pushTable(L, map[string]glua.LGFunction{
		"b64":   whole(func(L *glua.LState, s string) int { return encodeBase64(h, L, s) }),
		"unb64": whole(func(L *glua.LState, s string) int { return decodeBase64(h, L, s) }),
		"qp":    whole(func(L *glua.LState, s string) int { return text(h, L, encodeQP(s)) }),
		"unqp":  whole(func(L *glua.LState, s string) int { return text(h, L, decodeQP(s)) }),
		"wrp": func(L *glua.LState) int {
			n := L.CheckInt(1)
			return 1 + pushLeft(L, text(h, L, wrap(L.OptString(2, ""), L.OptInt(3, 76), n)))
		},
		"eol": func(L *glua.LState) int {
			s, marker := L.OptString(2, ""), L.OptString(3, "\r\n")
			h.Room(L, len(s)+strings.Count(s, "\n")*len(marker))
			return 1 + pushLeft(L, text(h, L, strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", marker)))
		},
		"dot": func(L *glua.LState) int {
			return 1 + pushLeft(L, text(h, L, strings.ReplaceAll(L.OptString(2, ""), "\r\n.", "\r\n..")))
		},
	})
	lib.RawSetString("_VERSION", glua.LString("MIME 1.0.3"))
	lib.RawSetString("encode", L.NewFunction(mimeFilter(h, map[string]chunks{
		"base64":           {unit: 3, f: func(L *glua.LState, s string) int { return encodeBase64(h, L, s) }},
		"quoted-printable": {f: func(L *glua.LState, s string) int { return text(h, L, encodeQP(s)) }},
	})))
	lib.RawSetString("decode", L.NewFunction(mimeFilter(h, map[string]chunks{
		"base64":           {unit: 4, f: func(L *glua.LState, s string) int { return decodeBase64(h, L, s) }},
		"quoted-printable": {f: func(L *glua.LState, s string) int { return text(h, L, decodeQP(s)) }},
	})))
	return 1
}

// whole makes a function of the low-level form: nil for no text, else the result and "".
func whole(f func(L *glua.LState, s string) int) glua.LGFunction {
	return func(L *glua.LState) int {
		if L.Get(1) == glua.LNil {
			L.Push(glua.LNil)
			L.Push(glua.LNil)
			return 2
		}
		s := L.CheckString(1)
		if second := L.Get(2); glua.LVCanConvToString(second) {
			s += second.String()
		}
		return 1 + pushEmpty(L, f(L, s))
	}
}

func pushEmpty(L *glua.LState, _ int) int {
	L.Push(glua.LString(""))
	return 1
}

// pushLeft pushes the state that a low-level function of lines is called with the next time.
func pushLeft(L *glua.LState, _ int) int {
	L.Push(glua.LNumber(0))
	return 1
}

// chunks is a conversion that takes whole units of bytes; 0: the text as one, at its end.
type chunks struct {
	unit int
	f    func(L *glua.LState, s string) int
}

// mimeFilter makes filters by the name of an encoding, "base64" if none is said.
func mimeFilter(h Host, by map[string]chunks) glua.LGFunction {
	return func(L *glua.LState) int {
		c, ok := by[L.OptString(1, "base64")]
		if !ok {
			L.RaiseError("unknown encoding %s", L.CheckString(1))
		}
		L.Push(L.NewFunction(c.filter(h)))
		return 1
	}
}

// filter keeps what is no whole unit for the next chunk; nil is the end.
func (c chunks) filter(h Host) glua.LGFunction {
	kept := ""
	return func(L *glua.LState) int {
		if L.Get(1) == glua.LNil {
			if kept == "" {
				L.Push(glua.LNil)
				return 1
			}
			rest := kept
			kept = ""
			return c.f(L, rest)
		}
		h.Room(L, len(kept)+len(L.CheckString(1)))
		kept += L.CheckString(1)
		n := 0
		if c.unit > 0 {
			n = len(kept) - len(kept)%c.unit
		}
		ready := kept[:n]
		kept = kept[n:]
		return c.f(L, ready)
	}
}

func encodeQP(s string) string {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	_, _ = io.WriteString(w, s) // a buffer takes all
	_ = w.Close()
	return out.String()
}

// decodeQP gives what can be read before the first fault.
func decodeQP(s string) string {
	out, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(s)))
	return string(out)
}

// wrap breaks a text into lines of a length, of which the first has only left bytes.
func wrap(s string, length, left int) string {
	if length < 1 {
		return s
	}
	var out strings.Builder
	for len(s) > left {
		out.WriteString(s[:max(left, 0)])
		out.WriteString("\r\n")
		s, left = s[max(left, 0):], length
	}
	out.WriteString(s)
	return out.String()
}
