package hdr

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

var request = strings.ReplaceAll(`INVITE sip:b@b.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
Max-Forwards: 70
From: <sip:a@a.example>;tag=1
To: <sip:b@b.example>
i: 1
CSeq: 1 INVITE
s: Tea
X-Token: alpha
X-Token: beta;p=1
X-Token: gamma
x-token:epsilon   
X-Empty:
Content-Length: 0

`, "\n", "\r\n")

func str(texts ...string) (list []kemi.Value) {
	for _, text := range texts {
		list = append(list, kemi.Str(text))
	}
	return list
}

func TestValues(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, x := range []struct {
		name string
		args []kemi.Value
		want kemi.Value
	}{
		{"get", str("Subject"), kemi.Str("Tea")},
		{"get", str("call-id"), kemi.Str("1")},
		{"get", str("X-Empty"), kemi.Str("")},
		{"get", str("Nope"), kemi.Null},
		{"get", str(""), kemi.Null},
		{"gete", str("Nope"), kemi.Str("")},
		{"getw", str("Nope"), kemi.Str("<null>")},
		{"is_present", str("s"), kemi.Int(1)},
		{"is_present", str(""), kemi.Int(-1)},
		{"is_present", str("x-TOKEN"), kemi.Int(1)},
		{"get_idx", []kemi.Value{kemi.Str("X-Token"), kemi.Int(1)}, kemi.Str("beta;p=1")},
		{"get_idx", []kemi.Value{kemi.Str("X-Token"), kemi.Int(-1)}, kemi.Str("epsilon   ")},
		{"get_idx", []kemi.Value{kemi.Str("X-Token"), kemi.Int(-4)}, kemi.Str("alpha")},
		{"get_idx", []kemi.Value{kemi.Str("X-Token"), kemi.Int(4)}, kemi.Null},
		{"getw_idx", []kemi.Value{kemi.Str("X-Token"), kemi.Int(-5)}, kemi.Str("<null>")},
		{"gete_idx", []kemi.Value{kemi.Str("X-Token"), kemi.Int(9)}, kemi.Str("")},
		{"match_content", str("X-Token", "eq", "alpha", "f"), kemi.Bool(true)},
		{"match_content", str("X-Token", "EQ", "epsilon", "L"), kemi.Bool(true)},
		{"match_content", str("X-Token", "ne", "zz", "a"), kemi.Bool(true)},
		{"match_content", str("X-Token", "ne", "alphb", "f"), kemi.Bool(false)},
		{"match_content", str("X-Token", "sw", "a", "a"), kemi.Bool(false)},
		{"match_content", str("X-Token", "in", "a", "a"), kemi.Bool(false)},
		{"match_content", str("X-Token", "re", "^[abge]", "a"), kemi.Bool(true)},
		{"match_content", str("X-Token", "re", "(", "a"), kemi.Bool(false)},
		{"match_content", str("X-Token", "xx", "a", "a"), kemi.Bool(false)},
		{"match_content", str("X-Token", "eq", "alpha", "x"), kemi.Bool(false)},
		{"match_content", str("Nope", "eq", "", "f"), kemi.Bool(false)},
		{"append", []kemi.Value{kemi.Null}, kemi.Int(-1)},
		{"append", str(""), kemi.Int(1)},
		{"append_after", str("X: 1\r\n", ""), kemi.Int(-1)},
		{"insert_before", str("X: 1\r\n", ""), kemi.Int(-1)},
		{"remove", str(""), kemi.Int(-1)},
		{"remove", str("Nope"), kemi.Int(1)},
		{"rmappend", str("", "X: 1\r\n"), kemi.Int(-1)},
		{"rminsert", str("", "X: 1\r\n"), kemi.Int(-1)},
		{"append_to_reply", str(""), kemi.Int(-1)},
	} {
		h.Run(request, func(c *kemi.Ctx) {
			if got := h.Call(c, "hdr", x.name, x.args...); got != x.want {
				t.Errorf("%s%v: %v, want %v", x.name, x.args, got, x.want)
			}
		})
	}
}

func TestEdits(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, x := range []struct {
		name string
		args []kemi.Value
		want string // in what leaves
		not  string
	}{
		{"append", str("X-New: 1\r\n"), "Content-Length: 0\r\nX-New: 1\r\n\r\n", ""},
		{"insert", str("X-New: 1\r\n"), "SIP/2.0\r\nX-New: 1\r\nVia", ""},
		{"append_after", str("X-New: 1\r\n", "Call-ID"), "i: 1\r\nX-New: 1\r\nCSeq", ""},
		{"append_after", str("X-New: 1\r\n", "Nope"), "Content-Length: 0\r\nX-New: 1\r\n\r\n", ""},
		{"insert_before", str("X-New: 1\r\n", "X-Token"), "Tea\r\nX-New: 1\r\nX-Token: alpha", ""},
		{"insert_before", str("X-New: 1\r\n", "Nope"), "SIP/2.0\r\nX-New: 1\r\nVia", ""},
		{"remove", str("X-Token"), "s: Tea\r\nX-Empty", "oken"},
		{"remove", str("Subject"), "CSeq: 1 INVITE\r\nX-Token", "Tea"},
		{"rmappend", str("Subject", "Subject: New\r\n"), "Content-Length: 0\r\nSubject: New\r\n", "Tea"},
		{"rminsert", str("s", "Subject: New\r\n"), "SIP/2.0\r\nSubject: New\r\nVia", "Tea"},
	} {
		h.Run(request, func(c *kemi.Ctx) {
			if got := h.Call(c, "hdr", x.name, x.args...).Int(); got != 1 {
				t.Errorf("%s%v: %d", x.name, x.args, got)
			}
			got := string(route.AppendRequest(nil, c.Msg, &route.Outgoing{Flow: c.Msg.Flow}))
			if !strings.Contains(got, x.want) || x.not != "" && strings.Contains(got, x.not) {
				t.Errorf("%s%v:\n%s", x.name, x.args, got)
			}
		})
	}
}

func TestAppendToReply(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	h.Run(request, func(c *kemi.Ctx) {
		h.Call(c, "hdr", "append_to_reply", str("X-R: 1\r\n")...)
		got := string(route.AppendLocalReply(nil, c.Msg, &route.LocalReply{Code: 480, Reason: "Gone"}))
		if !strings.Contains(got, "CSeq: 1 INVITE\r\nX-R: 1\r\n") {
			t.Error(got)
		}
	})
}

func BenchmarkRemoveAppend(b *testing.B) {
	h := kemitest.Start(b, "", Module)
	h.Run(request, func(c *kemi.Ctx) {
		remove, appendTo := h.Registry.Function("hdr", "remove"), h.Registry.Function("hdr", "append")
		name, text := kemi.MakeArgs(kemi.Str("X-Token")), kemi.MakeArgs(kemi.Str("X-Token: new\r\n"))
		b.ReportAllocs()
		for b.Loop() {
			c.Msg.Edits.Reset()
			remove.Call(c, name)
			appendTo.Call(c, text)
		}
	})
}
