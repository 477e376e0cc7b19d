package core

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestBlocklistCommands(t *testing.T) {
	cases := []struct{ method, params, want string }{
		{"dst_blocklist.view", `[]`, `"result":[]`},
		{"dst_blocklist.add", `["192.0.2.1", 5060, 2, 64]`, `"result":{}`},
		{"dst_blocklist.add", `["2001:db8::1", 5061, 0, 2]`, `"result":{}`},
		{"dst_blocklist.add", `["nowhere", 1, 1, 1]`, `"message":"Malformed ip address"`},
		{"dst_blocklist.add", `["192.0.2.1", 70000, 1, 1]`, `"message":"Malformed ip address"`},
		{"dst_blocklist.add", `["192.0.2.1", 1, 9, 1]`, `"message":"Unknown protocol"`},
		{"dst_blocklist.view", `[]`, `[{"protocol":"tcp","ip":"192.0.2.1","port":5060,"expires":`},
		{"dst_blocklist.view", `[]`, `{"protocol":"*","ip":"2001:db8::1","port":5061,"expires":`},
		{"dst_blocklist.debug", `[]`, `["tcp","192.0.2.1",5060,`},
		{"dst_blocklist.mem_info", `[]`, `"result":256000`},
		{"dst_blocklist.delete_all", `[]`, `"result":{}`},
		{"dst_blocklist.debug", `[]`, `"result":[]`},
	}
	h := kemitest.Start(t, "use_dst_blocklist=yes\ndst_blocklist_expire=20\n", Module)
	clean := strings.NewReplacer("\n", "", "\t", "", `": `, `":`)
	for _, c := range cases {
		got := h.RPC(`{"jsonrpc":"2.0","method":"` + c.method + `","params":` + c.params + `,"id":1}`)
		if got = clean.Replace(got); !strings.Contains(got, c.want) {
			t.Errorf("%s %s: %s\nwant %s", c.method, c.params, got, c.want)
		}
	}
}

// TestBlocklistAsText has the lines that kamcmd shows.
func TestBlocklistAsText(t *testing.T) {
	h := kemitest.Start(t, "use_dst_blocklist=yes\ndst_blocklist_expire=20\n", Module)
	h.RPC(`{"jsonrpc":"2.0","method":"dst_blocklist.add","params":["192.0.2.1", 5060, 1, 16],"id":1}`)
	result, err := h.Server.RPC.Run(t.Context(), "dst_blocklist.view", nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, v := range result.Values {
		lines = append(lines, v.(string))
	}
	want := "{|    protocol: udp|    ip: 192.0.2.1|    port: 5060|    expires in (s): |    flags: 16|}"
	got := strings.Join(lines, "|")
	if i := strings.Index(got, "(s): "); i > 0 {
		got = got[:i+5] + got[strings.Index(got[i:], "|")+i:]
	}
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
