package pv

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
)

// showAny is show for tables too.
func showAny(v kemi.Value) string {
	if v.Kind() == kemi.KindBool {
		return "false"
	}
	if v.Kind() != kemi.KindTable {
		return show(v)
	}
	var parts []string
	for _, p := range v.Table().Pairs {
		text := showAny(p.Value)
		if !p.Key.IsNull() {
			text = p.Key.Text() + "=" + text
		}
		parts = append(parts, text)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// TestFunctions calls functions in turn, as a script would: name, arguments, result.
func TestFunctions(t *testing.T) {
	h := start(t)
	h.Run(sample(t, "invite"), func(c *kemi.Ctx) {
		for _, line := range strings.Split(strings.TrimSpace(functionCases), "\n") {
			call, want, _ := strings.Cut(line, " => ")
			words := strings.Split(call, " ")
			table, name, _ := strings.Cut(words[0], ".")
			var args []kemi.Value
			for _, word := range words[1:] {
				args = append(args, value(strings.ReplaceAll(word, "_", " ")))
			}
			if got := showAny(h.Call(c, table, name, args...)); got != want {
				t.Errorf("%s: got %s, want %s", call, got, want)
			}
		}
	})
}

// An underscore stands for a blank in an argument.
const functionCases = `
pv.get $rU => "bob"
pv.get $nosuch => nil
pv.gete $nosuch => ""
pv.getw $none => "<null>"
pv.geti $rp => #5060
pv.geti $rm => #1
pv.geti $hdr(Max-Forwards) => #70
pv.geti $ci => #0
pv.getvn $rU #5 => "bob"
pv.getvn $null #5 => #5
pv.getvs $null d => "d"
pvx.var_get v => #0
pvx.var_seti v #3 => #1
pvx.var_get v => #3
pvx.var_sets  x => #-1
pvx.shv_get never => #0
pvx.shv_sets never x => #-1
pvx.shv_seti started #5 => #1
pvx.shvinc_get started => #6
pvx.avp_sets a 1 => #1
pvx.avp_sets a 2 => #1
pvx.avp_get a => "2"
pvx.avp_is_null a => #-1
pvx.avp_rm a => #1
pvx.avp_gete a => ""
pvx.avp_is_null a => #1
pvx.avp_sets s:a 1 => #1
pv.get $avp(a) => nil
pvx.evalx $var(e) user_$rU => #1
pv.get $var(e) => "user bob"
pvx.evalx $ci x => #-1
pvx.evalx $nosuch x => #-1
pvx.evalx $var(e) $nosuch => #-1
pvx.xavp_child_sets r c v => #1
pvx.xavp_child_sets r c w => #1
pvx.xavp_child_get r c => "w"
pv.get $xavp(r=>c[1]) => nil
pvx.xavp_child_is_null r d => #1
pvx.xavp_getd none => nil
pvx.xavp_params_explode a=1;b="x_y";c p => #1
pvx.xavp_getd_p1 p #0 => {a={"1"},b={"x y"},c={""}}
pvx.xavp_get_keys p #0 => {"a","b","c"}
pvx.xavp_params_implode p $var(o) => #1
pv.get $var(o) => "a=1;b=x y;c;"
pvx.xavp_params_implode_qval p $var(o) => #1
pv.get $var(o) => "a="1";b="x y";c;"
pvx.xavp_params_implode none $var(o) => #-1
pvx.xavp_params_explode  p => #-1
pvx.xavp_slist_explode a,_b,,c , t l => #1
pvx.xavp_getd l => {{v={"a","b","c"}}}
pvx.xavp_sets s x => #1
pvx.xavp_getd s => "s"
pvx.xavp_getd_p1 s #0 => nil
pvx.xavp_copy p #0 q => #1
pvx.xavp_child_sets p a 9 => #1
pvx.xavp_child_get q a => "1"
pvx.xavp_copy none #0 q => #-1
pvx.xavp_copy p #4 q => #-1
pvx.xavp_rm_all p => #1
pvx.xavp_is_null p => #1
pvx.xavi_sets I x => #1
pvx.xavi_get i => "x"
pvx.xavi_getd_p1 i #0 => nil
pvx.xavi_getd_p1 none #0 => nil
pvx.xavi_child_sets R Key v => #1
pvx.xavi_child_get r kEY => "v"
pvx.xavu_seti u #3 => #1
pvx.xavu_seti u #4 => #1
pvx.xavu_get u => #4
pvx.xavu_rm u => #1
pvx.xavu_is_null u => #1
pvx.pv_var_to_xavp nosuch d => #-1
pvx.pv_var_to_xavp v d => #1
pv.get $xavp(d=>v) => #3
pvx.pv_xavp_to_var none => #-1
pvx.pv_xavp_to_var q => #1
pv.get $var(b) => "x y"
pvx.pv_xavp_print => #1
pvx.sbranch_reset => #1
pvx.sbranch_append => #-1
pv.get $sbranch(q) => #0
pvx.xavp_params_explode uri=sip:n@x;path=sip:d dst => #1
pvx.xavp_push_dst dst => #1
pv.get $(branch(path)[0]) => "sip:d"
pvx.xavp_push_dst none => #-1
`

// TestWaitingKeepsVariables lets another route run while one waits: each has its own $var.
func TestWaitingKeepsVariables(t *testing.T) {
	h := start(t)
	v := h.Registry.FindVar("$var(x)")
	h.Run("", func(c *kemi.Ctx) {
		v.Set(c, kemi.Str("mine"))
		c.Wait(func() {
			h.Run("", func(other *kemi.Ctx) {
				if got := show(v.Get(other)); got != "#0" {
					t.Errorf("another route sees %s", got)
				}
				v.Set(other, kemi.Str("theirs"))
			})
		})
		if got := show(v.Get(c)); got != `"mine"` {
			t.Errorf("after waiting: %s", got)
		}
	})
	h.Run("", func(c *kemi.Ctx) {
		if got := show(v.Get(c)); got != `"mine"` {
			t.Errorf("the next route sees %s", got)
		}
	})
}

func TestSharedVariablesByRPC(t *testing.T) {
	h := start(t)
	for _, c := range []struct{ method, params, want string }{
		{"pv.shvGet", `"started"`, `"name":"started"`},
		{"pv.shvSet", `"started","int",9`, "Variable set"},
		{"pv.shvGet", `"started"`, `"value":9`},
		{"pv.shvGet", `"nosuch"`, `"code":404`},
		{"pv.shvSet", `"started","other",9`, `"code":500`},
		{"pv.shvGet", ``, `"items":{"shv":{"name":"greeting"`},
	} {
		got := h.RPC(`{"jsonrpc":"2.0","method":"` + c.method + `","params":[` + c.params + `],"id":1}`)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s %s: %s", c.method, c.params, got)
		}
	}
}
