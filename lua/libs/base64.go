package libs

import (
	"encoding/base64"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// openBase64 makes the base64 library: encode, and decode, which gives nil for what is not base64.
func openBase64(h Host, L *glua.LState) int {
	pushTable(L, map[string]glua.LGFunction{
		"encode": func(L *glua.LState) int { return encodeBase64(h, L, L.CheckString(1)) },
		"decode": func(L *glua.LState) int { return decodeBase64(h, L, L.CheckString(1)) },
	})
	return 1
}

func encodeBase64(h Host, L *glua.LState, s string) int {
	h.Room(L, len(s)*4/3)
	L.Push(glua.LString(base64.StdEncoding.EncodeToString([]byte(s))))
	return 1
}

// decodeBase64 skips what is no base64 character, as the libraries in C do.
func decodeBase64(h Host, L *glua.LState, s string) int {
	h.Charge(L, len(s))
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '/' {
			return r
		}
		return -1
	}, s)
	raw, err := base64.RawStdEncoding.DecodeString(clean)
	if err != nil {
		L.Push(glua.LNil)
		return 1
	}
	L.Push(glua.LString(raw))
	return 1
}
