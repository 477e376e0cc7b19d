package tm_test

import (
	"fmt"
	"strings"
	"testing"

	coretm "github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/tm"
)

const message = "MESSAGE sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-1\r\nFrom: <sip:a@x>;tag=1\r\n" +
	"To: <sip:b@x>\r\nCall-ID: one\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"

var (
	ack    = strings.ReplaceAll(message, "MESSAGE", "ACK")
	cancel = strings.ReplaceAll(message, "MESSAGE", "CANCEL")
)

// step is one call of a function of KSR.tm.
type step struct {
	name string
	args []kemi.Value
	want int
}

func do(name string, want int, args ...any) step {
	s := step{name: name, want: want}
	for _, a := range args {
		switch x := a.(type) {
		case int:
			s.args = append(s.args, kemi.Int(x))
		case string:
			s.args = append(s.args, kemi.Str(x))
		}
	}
	return s
}

// TestFunctionsInARequestRoute has the results of the incumbent.
func TestFunctionsInARequestRoute(t *testing.T) {
	cases := []struct {
		name, message string
		steps         []step
	}{
		{"no transaction", message, []step{
			do("t_reply", -1, 480, "x"), do("t_release", 1), do("t_retransmit_reply", -1), do("t_reply_error", -1), do("t_clean", 1), do("t_exists", -1),
			do("t_check_trans", -1), do("t_lookup_request", -1), do("t_lookup_cancel", -1), do("t_get_status_code", -1), do("t_grep_status", -1, 404),
			do("t_check_status", -1, "404"), do("t_check_status", -1, "["), do("t_is_canceled", -1), do("t_is_expired", -1), do("t_any_replied", -1),
			do("t_any_timeout", -1), do("t_branch_replied", -1), do("t_branch_timeout", -1), do("t_get_branch_index", 0), do("t_save_lumps", -1),
			do("t_is_retr_async_reply", -1), do("t_use_uac_headers", 1), do("t_load_contacts", -1), do("t_next_contacts", -1), do("t_next_contact_flow", -1),
		}},
		{"settings", message, []step{
			do("t_set_fr", 1, 0, 600), do("t_set_fr_inv", 1, 5000), do("t_reset_fr", 1), do("t_set_retr", 1, 400, 3000), do("t_reset_retr", 1),
			do("t_set_max_lifetime", 1, 1000, 2000), do("t_reset_max_lifetime", 1), do("t_set_auto_inv_100", 1, 0), do("t_set_disable_6xx", 1, 1),
			do("t_set_disable_failover", 1, 1), do("t_set_disable_internal_reply", 1, 1), do("t_set_no_e2e_cancel_reason", 1, 1), do("t_set_no_auto_ack", 1, 1),
		}},
		{"callbacks", message, []step{
			do("t_is_set", -1, "branch_route"), do("t_on_branch", 1, "x"), do("t_is_set", 1, "branch_route"), do("t_on_failure", 1, "y"),
			do("t_on_failure", 1, ""), do("t_is_set", -1, "failure_route"), do("t_on_reply", 1, "z"), do("t_is_set", 1, "onreply_route"),
			do("t_on_branch_failure", 1, "w"), do("t_is_set", -1, "nosuch"),
		}},
		{"a transaction of the server's own", message, []step{
			do("t_newtran", 1), do("t_newtran", -10), do("t_check_trans", 0), do("t_lookup_request", 1), do("t_exists", 1), do("t_save_lumps", 1),
			do("t_reply", 1, 180, "R"), do("t_get_status_code", 180), do("t_check_status", 1, "1.."), do("t_reply", 1, 480, "Away"),
			do("t_reply", -1, 481, "Again"), do("t_retransmit_reply", 1), do("t_check_status", -1, "6"), do("t_release", 1),
		}},
		{"t_send_reply makes one", message, []step{do("t_send_reply", 1, 202, "Noted"), do("t_get_status_code", 202), do("t_send_reply", -1, 200, "x")}},
		{"the error of what failed", message, []step{do("t_newtran", 1), do("t_reply_error", 1), do("t_get_status_code", 500)}},
		{"ACK", ack, []step{do("t_newtran", 1), do("t_newtran", 1), do("t_check_trans", -1), do("t_reply", -1, 480, "x")}},
		{"CANCEL without INVITE", cancel, []step{do("t_check_trans", -1), do("t_lookup_cancel", -1), do("t_lookup_cancel_flags", -1, 1)}},
		{"relay", message, []step{do("t_relay", 1), do("t_relay", -1), do("t_is_set", -1, "branch_route")}},
		{"relay with flags", message, []step{do("t_relay_to_flags", 1, 7)}},
		{"relay elsewhere", message, []step{do("t_relay_to_proxy", -1, "gar bage"), do("t_relay_to_proxy", 1, "udp:192.0.2.9:5070")}},
		{"relay to an address", message, []step{do("t_relay_to_proto_addr", 1, "udp", "192.0.2.9", 5070)}},
		{"relay to an IPv6 address", message, []step{do("t_relay_to_proto_addr", 1, "nosuch", "2001:db8::1", 0)}},
		{"replicate", message, []step{do("t_replicate", 1, "sip:192.0.2.9"), do("t_reply", 1, 200, "Mine")}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := kemitest.Start(t, "", tm.Module)
			h.Run(c.message, func(ctx *kemi.Ctx) {
				for i, s := range c.steps {
					if got := h.Call(ctx, "tm", s.name, s.args...).Int(); got != s.want {
						t.Errorf("step %d: %s gave %d, want %d", i, s.name, got, s.want)
					}
				}
			})
		})
	}
}

func TestUACSend(t *testing.T) {
	cases := []struct {
		args []string
		want int
	}{
		{[]string{"OPTIONS", "sip:192.0.2.9", "", "udp:127.0.0.1:5060", "From: <sip:a@x>\r\nTo: <sip:b@x>\r\n", ""}, 1},
		{[]string{"OPTIONS", "sip:x", "sip:192.0.2.9", "udp:127.0.0.1:5060", "From: <sip:a@x>\r\nTo: <sip:b@x>\r\n", "hi"}, 1},
		{[]string{"OPTIONS", "sip:192.0.2.9", ".", "udp:9.9.9.9:1", "From: <sip:a@x>\r\nTo: <sip:b@x>\r\n", ""}, -1},
		{[]string{"OPTIONS", "sip:192.0.2.9", ".", ".", "From: <sip:a@x>\r\n", ""}, -1},
		{[]string{"OPTIONS", "tel:1", ".", ".", "From: <sip:a@x>\r\nTo: <sip:b@x>\r\n", ""}, -1},
	}
	h := kemitest.Start(t, "", tm.Module)
	h.Run(message, func(ctx *kemi.Ctx) {
		for _, c := range cases {
			var args []kemi.Value
			for _, a := range c.args {
				args = append(args, kemi.Str(a))
			}
			if got := h.Call(ctx, "tm", "t_uac_send", args...).Int(); got != c.want {
				t.Errorf("%q gave %d", c.args, got)
			}
		}
	})
}

func TestParametersReachTheTransactionLayer(t *testing.T) {
	h := kemitest.Start(t, `modparam("tm", "fr_timer", 1234)
modparam("tm", "T1_timer", 77)
modparam("tm", "auto_inv_100_reason", "wait")
modparam("tm", "delete_timer", 5)
modparam("tm", "xavp_contact", "c")
`, tm.Module)
	v := h.TM.Get()
	if v.FrTimer != 1234 || v.RetrTimer1 != 77 || v.AutoInv100Reason != "wait" || v.FrInvTimer != 120000 {
		t.Errorf("%+v", v)
	}
}

func TestCommands(t *testing.T) {
	h := kemitest.Start(t, "", tm.Module)
	var id coretm.ID
	h.Run(message, func(ctx *kemi.Ctx) {
		h.Call(ctx, "tm", "t_relay")
		id = coretm.Of(ctx.Msg).ID()
	})
	headers := `"From: <sip:a@x>\r\nTo: <sip:b@x>\r\n"`
	cases := []struct{ method, params, want string }{
		{"tm.stats", `[]`, `{"current":1,"waiting":0,"total":1,"total_local":0,"rpl_received":0,"rpl_generated":0,"rpl_sent":0,"6xx":0,`},
		{"tm.list", `[]`, `"method":"MESSAGE","from":"From: <sip:a@x>;tag=1\r\n","to":"To: <sip:b@x>\r\n","callid":"Call-ID: one\r\n","cseq":"CSeq: 1","uas_request":"yes"`},
		{"tm.hash_stats", `[]`, `"code":500`},
		{"tm.clean", `[]`, `"result":{}`},
		{"tm.cancel", `[]`, `"message":"Callid and CSeq expected as parameters"`},
		{"tm.cancel", `["none","1"]`, `"message":"Transaction not found"`},
		{"tm.reply", `["480"]`, `"message":"Reason phrase expected"`},
		{"tm.reply", `["480","x","junk","t","."]`, `"message":"Invalid transaction ID"`},
		{"tm.reply", `["480","x","9:9","t","."]`, `"code":404`},
		{"tm.retransmit_reply", `[9,9]`, `"message":"Transaction not found"`},
		{"tm.retransmit_reply", fmt.Sprintf(`[%d,%d]`, id.Index, id.Label), `"message":"There is no reply to send again"`},
		{"tm.reply", fmt.Sprintf(`["480","Gone","%d:%d","tag","X-A: 1"]`, id.Index, id.Label), `"id":1`},
		{"tm.retransmit_reply", fmt.Sprintf(`[%d,%d]`, id.Index, id.Label), `"id":1`},
		{"tm.reply", fmt.Sprintf(`["480","Gone","%d:%d","tag","."]`, id.Index, id.Label), `"message":"Reply failed"`},
		{"tm.reply_callid", `["480","x","none","1","t","."]`, `"message":"Transaction not found"`},
		{"tm.t_uac_start", `["OPTIONS"]`, `"message":"too few parameters (1/5)"`},
		{"tm.t_uac_start", `["OPTIONS","x",".",".",` + headers + `]`, `"message":"Invalid request uri \"x\""`},
		{"tm.t_uac_start", `["OPTIONS","sip:192.0.2.9","x",".",` + headers + `]`, `"message":"Invalid next-hop uri \"x\""`},
		{"tm.t_uac_start", `["OPTIONS","sip:192.0.2.9",".","udp:9.9.9.9:5060",` + headers + `]`, `"message":"No local socket for \"udp:9.9.9.9:5060\""`},
		{"tm.t_uac_start", `["OPTIONS","sip:192.0.2.9",".",".","From: <sip:a@x>"]`, `"message":"To missing"`},
		{"tm.t_uac_start", `["OPTIONS","sip:192.0.2.9",".",".",` + headers + `,"hi"]`, `"message":"Content-Type missing"`},
		{"tm.t_uac_start_hex", `["OPTIONS","sip:192.0.2.9",".",".",` + headers + `,"zz"]`, `"message":"Invalid hex body"`},
		{"tm.t_uac_start", `["OPTIONS","sip:192.0.2.9",".","udp:127.0.0.1:5060",` + headers + `]`, `"result":{}`},
		{"tm.stats", `[]`, `"total_local":1`},
	}
	for _, c := range cases {
		got := h.RPC(`{"jsonrpc":"2.0","method":"` + c.method + `","params":` + c.params + `,"id":1}`)
		if got = strings.NewReplacer("\n", "", "\t", "", "{	}", "{}").Replace(got); !strings.Contains(got, c.want) {
			t.Errorf("%s %s: %s\nwant %s", c.method, c.params, got, c.want)
		}
	}
}
