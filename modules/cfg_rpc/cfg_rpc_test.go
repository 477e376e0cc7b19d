package cfg_rpc

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi/kemitest"
)

// dialogue is a sequence of commands on one server and what each one answers.
var dialogue = []struct{ method, params, want string }{
	{"cfg.list", ``, `"pstn: gw_ip","pstn: port"]`},
	{"cfg.list", `"pstn"`, `"result":["pstn: gw_ip","pstn: port"]`},
	{"cfg.list", `"nosuch"`, `"result":[]`},
	{"cfg.get", ``, `"error":{"code":500,"message":"Failed to get the parameters"}`},
	{"cfg.get", `"pstn"`, `"result":{"gw_ip":"192.0.2.1","port":5060}`},
	{"cfg.get", `"pstn","port"`, `"result":5060`},
	{"cfg.get", `"pstn","nosuch"`, `"error":{"code":400,"message":"Failed to get the variable"}`},
	{"cfg.get", `"nosuch"`, `"result":{}`},
	{"cfg.get", `"pstn["`, `Wrong group syntax`},
	{"cfg.help", `"pstn","gw_ip"`, `"result":"(parameter type is string)"`},
	{"cfg.help", `"pstn","nosuch"`, `"error":{"code":400,"message":"Failed to get the variable description"}`},
	{"cfg.set", `"pstn","port"`, `"result":{}`},
	{"cfg.set", `"pstn","port",5070`, `"result":{}`},
	{"cfg.get", `"pstn","port"`, `"result":5070`},
	{"cfg.set", `"pstn","port","x"`, `"error":{"code":400,"message":"Failed to set the variable"}`},
	{"cfg.seti", `"pstn","port",5071`, `"result":{}`},
	{"cfg.set_now_string", `"pstn","gw_ip","192.0.2.2"`, `"result":{}`},
	{"cfg.sets", `"nosuch","gw_ip","x"`, `"error":{"code":400,"message":"Failed to set the variable"}`},
	{"cfg.diff", ``, `"result":{}`},
	{"cfg.set_delayed_int", `"pstn","port",5072`, `"result":{}`},
	{"cfg.diff", ``, `"result":{"group name":"pstn","variable name":"port","old value":5071,"new value":5072}`},
	{"cfg.get", `"pstn"`, `"result":{"gw_ip":"192.0.2.2","port":5071}`},
	{"cfg.commit", ``, `"result":{}`},
	{"cfg.get", `"pstn","port"`, `"result":5072`},
	{"cfg.set_delayed", `"pstn","port",5073`, `"result":{}`},
	{"cfg.rollback", ``, `"result":{}`},
	{"cfg.diff", ``, `"result":{}`},
	{"cfg.add_group_inst", `"pstn"`, `"error":{"code":400,"message":"Wrong group syntax. Use \"group[id]\""}`},
	{"cfg.add_group_inst", `"nosuch[1]"`, `"error":{"code":400,"message":"Failed to add the group instance"}`},
	{"cfg.add_group_inst", `"pstn[3]"`, `"result":{}`},
	{"cfg.set", `"pstn[3]","port",4`, `"result":{}`},
	{"cfg.get", `"pstn[3]","port"`, `"result":4`},
	{"cfg.get", `"pstn","port"`, `"result":5072`},
	{"cfg.del", `"pstn[3]","port"`, `"result":{}`},
	{"cfg.get", `"pstn[3]","port"`, `"result":5072`},
	{"cfg.del_group_inst", `"pstn[3]"`, `"result":{}`},
	{"cfg.del_group_inst", `"pstn[3]"`, `"error":{"code":400,"message":"Failed to delete the group instance"}`},
	{"cfg.reset", `"pstn"`, `"result":{}`},
	{"cfg.get", `"pstn"`, `"result":{"gw_ip":"192.0.2.1","port":5060}`},
	{"cfg.reset", `"nosuch"`, `"result":{}`},
}

func TestDialogue(t *testing.T) {
	h := kemitest.Start(t, "pstn.gw_ip = \"192.0.2.1\" desc \"gateway\"\npstn.port = 5060\n", Module)
	for _, c := range dialogue {
		got := h.RPC(`{"jsonrpc":"2.0","method":"` + c.method + `","params":[` + c.params + `],"id":1}`)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s(%s) gives %s, want %s", c.method, c.params, got, c.want)
		}
	}
}
