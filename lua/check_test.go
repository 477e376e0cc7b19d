package lua

import (
	"fmt"
	"os"
	"slices"
	"testing"
)

func TestCheck(t *testing.T) {
	cases := []struct {
		name, script string
		want         []string // "line:column: message (hint)"
	}{
		{"clean", `function f() KSR.kx.get_ruri() KSR.dbg("x") end`, nil},
		{"typo", "function f()\n  KSR.dgb(\"x\")\nend", []string{"2:3: there is no function KSR.dgb (did you mean KSR.dbg?)"}},
		{"typo in a table", "function f() return KSR.sl.sl_send_replay(200, 'x') end", []string{"1:21: there is no function KSR.sl.sl_send_replay (did you mean KSR.sl.sl_send_reply?)"}},
		{"no table", "KSR.dispatcher.ds_select_dst(1, 4)", []string{`1:1: there is no table KSR.dispatcher (is a loadmodule "dispatcher.so" missing?)`}},
		{"table tested", "if not KSR.dispatcher then return end KSR.dispatcher.ds_select_dst(1, 4)", nil},
		{"table tested elsewhere", "function g() if KSR.dispatcher then end end function f() KSR.dispatcher.x() end", nil},
		{"left before", "function f() if not KSR.auth then return 1 end KSR.auth_db.check() end", nil},
		{"left by exit", "function f() if KSR.auth == nil then KSR.x.exit() end KSR.auth_db.check() end", nil},
		{"not left", "function g() end function f() if not KSR.auth then g() end KSR.auth_db.check() end", []string{`1:60: there is no table KSR.auth_db (is a loadmodule "auth_db.so" missing?)`}},
		{"and", "x = KSR.auth and KSR.auth_db.check()", nil},
		{"inside if", "if KSR.auth and x then KSR.auth_db.check() end", nil},
		{"function tested", "if KSR.kx.get_new then KSR.kx.get_new() end", nil},
		{"callback", `function f() KSR.tm.t_on_failure("manage_failure") end function manage_failures() end`,
			[]string{"1:35: no script defines the function manage_failure (did you mean manage_failures?)"}},
		{"callback there", `function f() KSR.tm.t_on_failure("m") end m = function() end`, nil},
		{"syntax", "function f()\n  if x then\n  end", []string{"3:6: the file ends in the middle of a statement"}},
		{"syntax in a line", "x = = 1", []string{"1:5: syntax error near '='"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t, testLimits, Options{}, stubModules()...)
			var got []string
			for _, f := range h.e.Check(h.files(c.script)) {
				text := fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Message)
				if f.Hint != "" {
					text += " (" + f.Hint + ")"
				}
				got = append(got, text)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestCheckPassesTheStockScripts(t *testing.T) {
	h := newHost(t, testLimits, Options{}, stubModules()...)
	for _, file := range []string{"testdata/basic.lua", kamailioExample} {
		if _, err := os.Stat(file); err != nil {
			continue
		}
		for _, f := range h.e.Check([]string{file}) {
			if f.Check != "callback" && f.Check != "variable" {
				t.Errorf("%s:%d:%d: %s (%s)", f.File, f.Line, f.Column, f.Message, f.Hint)
			}
		}
	}
}
