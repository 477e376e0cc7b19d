package core

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestCommandsOfTheCache(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, x := range []struct{ method, params, want string }{
		{"dns.add_a", `["a.example", 60, "192.0.2.7", 0]`, `"result"`},
		{"dns.add_a", `["a.example", 60, "192.0.2.9", 0]`, `"result"`},
		{"dns.add_aaaa", `["a.example", 60, "2001:db8::1", 0]`, `"result"`},
		{"dns.add_a", `["for.ever", 60, "192.0.2.8", 2]`, `"result"`},
		{"dns.add_a", `["no.such", 60, "192.0.2.8", 1]`, `"result"`},
		{"dns.add_a", `["a.example", 60, "2001:db8::1", 0]`, "Failed to add the entry to the cache"},
		{"dns.add_srv", `["_sip._udp.a.example", 60, 10, 20, 5070, "A.example", 0]`, `"result"`},
		{"dns.add_srv", `["_sip._udp.a.example", 60, 10, 20, 70000, "a.example", 0]`, "Failed to add the entry to the cache"},
		{"dns.lookup", `["SRV", "_sip._udp.a.example"]`, `"rr_name":"a.example","rr_port":5070,"rr_priority":10,"rr_weight":20`},
		{"dns.debug_all", `[]`, `"a.example",1,1,`},
		{"dns.debug_all", `[]`, `"srv","a.example"`},
		{"dns.lookup", `["A", "no.such"]`, "Not found"},
		{"dns.view", `[]`, `"negative_entry":"yes"`},
		{"dns.view", `[]`, `"type":"AAAA"`},
		{"dns.lookup", `["a", "A.example"]`, `"rr_ip":"192.0.2.7"`},
		{"dns.lookup", `["A", "for.ever"]`, `"permanent":"yes"`},
		{"dns.lookup", `["SRV", "a.example"]`, "Not found"},
		{"dns.lookup", `["XX", "a.example"]`, "Invalid type"},
		{"dns.debug", `[]`, `"a.example",1,`},
		{"dns.delete_a", `["a.example"]`, `"result"`},
		{"dns.lookup", `["A", "a.example"]`, "Not found"},
		{"dns.lookup", `["AAAA", "a.example"]`, `"rr_ip":"2001:db8::1"`},
		{"dns.delete_srv", `["a.example"]`, "Not found"},
		{"dns.delete_srv", `["_sip._udp.a.example"]`, `"result"`},
		{"dns.delete_txt", `["a.example"]`, "Not found"},
		{"dns.delete_all", `[]`, `"status":"ok"`},
		{"dns.lookup", `["AAAA", "a.example"]`, "Not found"},
		{"dns.lookup", `["A", "for.ever"]`, `"rr_ip":"192.0.2.8"`},
		{"dns.delete_all_force", `[]`, `"status":"ok"`},
		{"dns.view", `[]`, `"result":[]`},
		{"dns.mem_info", `[]`, `[0,512000]`},
		{"dns.get_server_state", `[]`, `"result":1`},
		{"dns.set_server_state", `[0]`, `"result"`},
		{"dns.get_server_state", `[]`, `"result":0`},
		{"core.load", `[]`, `{"refused":0,"overflown":0,"lookups_refused":0,"udp_drops":0,"readers":[],"shards":[{"index":0,"behind_ms":0,"full":0}]}`},
		{"core.kill", `[0]`, `"result"`},
		{"core.kill", `[0, 1]`, "none of this server"},
		{"core.udp4_raw_info", `[]`, `"udp4_raw_mtu":1500`},
		{"modparam.getn", `["nosuch", "x"]`, "Module Not Found"},
		{"modparam.getn", `["core", "x"]`, "Parameter Not Found"},
		{"modparam.gets", `["core"]`, "Names Expected"},
		{"modparam.setn", `["core", "x", 1]`, "Parameter Not Found"},
		{"modparam.list", `["nosuch"]`, "Module Not Found"},
	} {
		got := h.RPC(`{"jsonrpc":"2.0","method":"` + x.method + `","params":` + x.params + `,"id":1}`)
		if !strings.Contains(strings.ReplaceAll(got, " ", ""), strings.ReplaceAll(x.want, " ", "")) {
			t.Errorf("%s%s: %s", x.method, x.params, got)
		}
	}
}
