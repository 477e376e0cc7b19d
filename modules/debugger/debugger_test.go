package debugger_test

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/debugger"
)

const config = `
modparam("debugger", "mod_level_mode", 1)
modparam("debugger", "mod_level", "core=3")
modparam("debugger", "mod_facility", "tm=LOG_LOCAL2")
`

// TestCommands: the answers are those of Kamailio 5.6.3.
func TestCommands(t *testing.T) {
	h := kemitest.Start(t, config, debugger.Module)
	h.Log()
	h.Server.Log.SetThreshold(log.Info)
	for _, c := range [][3]string{
		{"dbg.get_mod_level", `"core"`, `"result":3`},
		{"dbg.get_mod_level", `"sl"`, `"result":2`},
		{"dbg.set_mod_level", `"core",2`, `200 ok`},
		{"dbg.set_mod_level", `"sl",3`, `200 ok`},
		{"dbg.get_mod_level", `"core"`, `"result":2`},
		{"dbg.get_mod_level", `"sl"`, `"result":3`},
		{"dbg.get_mod_level", ``, `invalid parameters`},
		{"dbg.get_mod_facility", `"tm"`, `LOG_LOCAL2`},
		{"dbg.get_mod_facility", `"sl"`, `LOG_DAEMON`},
		{"dbg.set_mod_facility", `"sl","LOG_LOCAL1"`, `200 ok`},
		{"dbg.get_mod_facility", `"sl"`, `LOG_LOCAL1`},
		{"dbg.set_mod_facility", `"sl","x"`, `is no facility`},
		{"dbg.reset_msgid", ``, `reset_msgid is 0`},
		{"dbg.trace", `"on"`, `not possible`},
		{"dbg.ls", ``, `"in.cmd":0`},
	} {
		if got := h.RPC(`{"jsonrpc":"2.0","id":1,"method":"` + c[0] + `","params":[` + c[1] + `]}`); !strings.Contains(got, c[2]) {
			t.Errorf("%s(%s): %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

func TestDump(t *testing.T) {
	h := kemitest.Start(t, "", debugger.Module)
	h.Run("OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n", func(c *kemi.Ctx) {
		inner := new(route.XAVPs)
		inner.Push(route.XAVP{Name: "b", Value: route.NumValue(5)})
		c.Msg.Vars = &route.Vars{}
		c.Msg.Vars.XAVP.Push(route.XAVP{Name: "a", Value: route.Value{List: inner}})
		c.Msg.Vars.XAVP.Push(route.XAVP{Name: "c", Value: route.TextValue("x")})
		if v := h.Call(c, "debugger", "dbg_pv_dump"); v.Int64() != 1 {
			t.Error("dbg_pv_dump gives", v.Text())
		}
	})
	if got := h.Log(); !strings.Contains(got, `{"$xavp(a)":[{"b":[5]}],"$xavp(c)":["x"]}`) {
		t.Errorf("the log has\n%s", got)
	}
}

func TestRefusedSettings(t *testing.T) {
	for line, want := range map[string]string{`"mod_level", "core"`: "want NAME=LEVEL", `"mod_facility", "core=x"`: "is no facility"} {
		_, err := kemitest.New(t, `modparam("debugger", `+line+`)`, debugger.Module)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}
