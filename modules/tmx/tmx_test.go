package tmx_test

import (
	"strings"
	"testing"

	coretm "github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/tm"
	"github.com/moonroute/moonroute/modules/tmx"
)

const invite = "INVITE sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-1\r\nFrom: <sip:a@x>;tag=1\r\n" +
	"To: <sip:b@x>\r\nCall-ID: one\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"

func start(t *testing.T) *kemitest.Host { return kemitest.Start(t, "", tm.Module, tmx.Module) }

func TestWithoutATransaction(t *testing.T) {
	cases := []struct {
		name string
		args []kemi.Value
		want int
	}{
		{"t_precheck_trans", nil, -1},
		{"t_cancel_branches", []kemi.Value{kemi.Str("all")}, -1},
		{"t_cancel_callid", []kemi.Value{kemi.Str("none"), kemi.Str("1"), kemi.Int(0)}, -1},
		{"t_cancel_callid_reason", []kemi.Value{kemi.Str("none"), kemi.Str("x"), kemi.Int(0), kemi.Int(200)}, -1},
		{"t_reply_callid", []kemi.Value{kemi.Str("none"), kemi.Str("1"), kemi.Int(480), kemi.Str("x")}, -1},
		{"t_continue", []kemi.Value{kemi.Int(1), kemi.Int(1), kemi.Str("f")}, -1},
		{"t_continue", []kemi.Value{kemi.Int(77), kemi.Int(-1), kemi.Str("f")}, -1},
		{"t_drop", nil, -1},
		{"t_drop_rcode", []kemi.Value{kemi.Int(404)}, -1},
		{"t_flush_flags", nil, -1},
		{"t_flush_xflags", nil, -1},
		{"t_reuse_branch", nil, -1},
		{"t_uac_ack_local", []kemi.Value{kemi.Str("none"), kemi.Str("1"), kemi.Str(""), kemi.Str("")}, -1},
		{"t_is_request_route", nil, 1},
		{"t_is_reply_route", nil, -1},
		{"t_is_failure_route", nil, -1},
		{"t_is_branch_route", nil, -1},
	}
	h := start(t)
	h.Run(invite, func(c *kemi.Ctx) {
		for _, x := range cases {
			if got := h.Call(c, "tmx", x.name, x.args...).Int(); got != x.want {
				t.Errorf("%s gave %d, want %d", x.name, got, x.want)
			}
		}
	})
}

func TestPrecheckRefusesCancel(t *testing.T) {
	h := start(t)
	h.Run(strings.ReplaceAll(invite, "INVITE", "CANCEL"), func(c *kemi.Ctx) {
		if got := h.Call(c, "tmx", "t_precheck_trans").Int(); got != -2 {
			t.Error(got)
		}
	})
}

func TestSuspendDropAndVariables(t *testing.T) {
	h := start(t)
	h.Run(invite, func(c *kemi.Ctx) {
		read := func(text string) kemi.Value {
			v, err := h.Registry.Var(text)
			if err != nil {
				t.Fatal(err)
			}
			return v.Get(c)
		}
		if x := read("$T(id_index)"); !x.IsNull() {
			t.Error("an index without a transaction:", x)
		}
		if got := h.Call(c, "tmx", "t_suspend").Int(); got != 1 {
			t.Fatal(got)
		}
		id := coretm.Of(c.Msg).ID()
		want := map[string]kemi.Value{
			"$T(id_index)": kemi.Int64(int64(id.Index)), "$T(id_label)": kemi.Int64(int64(id.Label)),
			"$T_reply_code": kemi.Int(100), "$T(reply_code)": kemi.Int(100), "$T_reply_reason": kemi.Str(""), "$T_reply_last": kemi.Null,
			"$T_branch_idx": kemi.Int(0), "$T(reply_type)": kemi.Int(0), "$T_reply_ruid": kemi.Str(""), "$T_branch(uri)": kemi.Null,
		}
		for name, x := range want {
			if got := read(name); got != x {
				t.Errorf("%s is %v, want %v", name, got, x)
			}
		}
		steps := []struct {
			name string
			args []kemi.Value
			want int
		}{
			{"t_flush_flags", nil, 1},
			{"t_continue", []kemi.Value{kemi.Int(int(id.Index)), kemi.Int(int(id.Label)), kemi.Str("none")}, 1},
			{"t_continue", []kemi.Value{kemi.Int(int(id.Index)), kemi.Int(int(id.Label)), kemi.Str("none")}, -1},
			{"t_drop", nil, 0},
		}
		for _, s := range steps {
			if got := h.Call(c, "tmx", s.name, s.args...).Int(); got != s.want {
				t.Errorf("%s gave %d, want %d", s.name, got, s.want)
			}
		}
	})
	if _, err := h.Registry.Var("$T(nosuch)"); err == nil {
		t.Error("$T(nosuch) is a variable")
	}
}

func TestStatistics(t *testing.T) {
	h := start(t)
	h.Run(invite, func(c *kemi.Ctx) {
		h.Call(c, "tm", "t_newtran")
		h.Call(c, "tm", "t_reply", kemi.Int(480), kemi.Str("x"))
	})
	want := map[string]int64{
		"UAS_transactions": 1, "UAC_transactions": 0, "4xx_transactions": 1, "2xx_transactions": 0, "inuse_transactions": 1,
		"active_transactions": 1, "rpl_generated": 1, "rpl_sent": 1, "rpl_received": 0, "rpl_relayed": 0, "rpl_absorbed": 0,
	}
	got := map[string]int64{}
	for _, e := range h.Stats.Group("tmx") {
		got[e.Name] = e.Value()
	}
	for name, n := range want {
		if got[name] != n {
			t.Errorf("%s is %d, want %d", name, got[name], n)
		}
	}
	if len(got) != 14 {
		t.Errorf("%d statistics: %v", len(got), got)
	}
}
