package luatest

import (
	"strings"
	"testing"

	glua "github.com/yuin/gopher-lua"
)

// TestShow: what t.equal compares has all that is in a table, however deep, and an end.
func TestShow(t *testing.T) {
	for code, want := range map[string]string{
		`return 1000000`:                  "1000000",
		`return 0.5`:                      "0.5",
		`return {1, {a = "x"}}`:           "{\n  1,\n  {\n    a = \"x\"\n  }\n}",
		`return {}`:                       "{}",
		`local t = {1} t.me = t return t`: "{\n  1,\n  me = {…}\n}",
		`local d = "leaf" for _ = 1, 40 do d = {d} end return d`: "leaf",
		`local t = {} return {t, t}`:                             "{\n  {},\n  {}\n}",
	} {
		L := glua.NewState()
		if err := L.DoString(code); err != nil {
			t.Fatal(err)
		}
		if got := show(L.Get(-1)); got != want && (want != "leaf" || !strings.Contains(got, want)) {
			t.Errorf("%s: %s", code, got)
		}
		L.Close()
	}
}
