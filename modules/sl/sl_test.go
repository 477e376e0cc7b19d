package sl

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func message(start, cseq string) string {
	return strings.ReplaceAll(start+"\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nFrom: <sip:a@a.example>;tag=1\n"+
		"To: <sip:b@b.example>\nCall-ID: 1\nCSeq: "+cseq+"\nContent-Length: 0\n\n", "\n", "\r\n")
}

var (
	options = message("OPTIONS sip:b@b SIP/2.0", "1 OPTIONS")
	ack     = message("ACK sip:b@b SIP/2.0", "1 ACK")
	ok      = message("SIP/2.0 200 OK", "1 OPTIONS")
)

func TestReplies(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	reply := []kemi.Value{kemi.Int(404), kemi.Str("Not Found")}
	for _, x := range []struct {
		message, function string
		args              []kemi.Value
		want              int
	}{
		{options, "sl_send_reply", reply, 1},
		{options, "send_reply", reply, 1},
		{options, "send_reply_mode", append(reply[:2:2], kemi.Int(1)), 1},
		{options, "sl_reply_error", nil, 1},
		{options, "send_reply_error", nil, 1},
		{ack, "sl_send_reply", reply, -1},
		{ack, "send_reply", reply, -1},
		{ack, "sl_reply_error", nil, 1},
		{ok, "sl_send_reply", reply, 1}, // though nothing is sent
		{ok, "send_reply", reply, -1},
		{options, "sl_forward_reply", []kemi.Value{kemi.Str("404"), kemi.Str("x")}, -1},
		{ok, "sl_forward_reply", []kemi.Value{kemi.Str("99"), kemi.Str("x")}, -1},
		{ok, "sl_forward_reply", []kemi.Value{kemi.Str("404"), kemi.Str("x")}, -1}, // it has no second Via
	} {
		h.Run(x.message, func(c *kemi.Ctx) {
			if got := h.Call(c, "sl", x.function, x.args...).Int(); got != x.want {
				t.Errorf("%s for %.7s: %d, want %d", x.function, x.message, got, x.want)
			}
		})
	}
	if e, ok := h.Stats.Get("sl", "sent_err_replies"); !ok || e.Value() != 2 {
		t.Error("two replies to an error were sent")
	}
	if n := h.Core.Stats.UnsentReplies.Load(); n != 3 {
		t.Errorf("%d replies could not be sent, want those to two ACKs and a reply", n)
	}
	got := h.RPC(`{"jsonrpc":"2.0","method":"sl.stats","id":1}`)
	for _, want := range []string{`"404":3`, `"500":2`, `"4xx":0`, `"200":0`, `"xxx":0`} {
		if !strings.Contains(strings.ReplaceAll(got, `": `, `":`), want) {
			t.Errorf("sl.stats: no %s in %s", want, got)
		}
	}
}

func TestErrorOfTheFunctionThatFailed(t *testing.T) {
	m := &route.Message{Hand: route.Hand{Failure: route.Failure{Code: 478, Reason: "Unresolvable destination", Detail: "478"}}}
	code, reason := failure(&kemi.Ctx{Msg: m})
	if code != 478 || reason != "Unresolvable destination (478/SL)" {
		t.Errorf("%d %s", code, reason)
	}
	code, reason = failure(&kemi.Ctx{Msg: new(route.Message)})
	if code != 500 || reason != "I'm terribly sorry, server error occurred (1/SL)" {
		t.Errorf("%d %s", code, reason)
	}
}
