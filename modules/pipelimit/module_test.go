package pipelimit

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/limit"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

const invite = "INVITE sip:bob@biloxi.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=a\r\n" +
	"To: <sip:c@d>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"

// call runs "pl_check_limit a TAILDROP 2" and gives the result.
func call(h *kemitest.Host, c *kemi.Ctx, line string) int {
	words := strings.Split(line, " ")
	args := make([]kemi.Value, 0, 3)
	for _, w := range words[1:] {
		var n int
		if _, err := fmt.Sscanf(w, "%d", &n); err == nil {
			args = append(args, kemi.Int(n))
		} else {
			args = append(args, kemi.Str(w))
		}
	}
	return h.Call(c, "pipelimit", words[0], args...).Int()
}

func TestChecks(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	cases := []struct {
		line string
		want int
	}{
		{"pl_check none", -2}, {"pl_active none", -1}, {"pl_check_limit a TAILDROP 2", 1}, {"pl_check a", 1}, {"pl_check a", -1},
		{"pl_active a", 1}, {"pl_check_limit b XX 2", -2}, {"pl_active b", -1}, {"pl_check_limit c NOP 2", 2}, {"pl_check c", 2},
		{"pl_check_limit d RED 2", 1}, {"pl_check_limit e FEEDBACK 50", 1}, {"pl_check_limit f NETWORK 50", 0},
		{"pl_check_limit a RED 9", 1}, {"pl_check_limit a RED 0", 1}, {"pl_check_limit  TAILDROP 9", 1}, {"pl_check ", 1},
		{"pl_check_limit g TAILDROP 0", -1}, {"pl_check_limit h TAILDROP -1", -1},
	}
	h.Run(invite, func(c *kemi.Ctx) {
		for _, tc := range cases {
			if got := call(h, c, tc.line); got != tc.want {
				t.Errorf("%s gives %d, want %d", tc.line, got, tc.want)
			}
		}
	})
}

func TestIntervals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := kemitest.New(t, "modparam(\"pipelimit\", \"timer_interval\", 1)\nmodparam(\"pipelimit\", \"clean_unused\", 2)\n", Module)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Server.Start(); err != nil {
			t.Fatal(err)
		}
		defer h.Stop()
		h.Run(invite, func(c *kemi.Ctx) {
			for range 10 {
				call(h, c, "pl_check_limit r RED 3")
			}
		})
		for i, want := range []string{
			`"counter":0,"last_counter":10,"unused_intervals":0`, `"last_counter":0,"unused_intervals":1`,
			`"last_counter":0,"unused_intervals":2`, `"result":[]`,
		} {
			time.Sleep(time.Second + 50*time.Millisecond)
			if got := command(h, "pl.list", `[]`); !strings.Contains(got, want) {
				t.Errorf("after %d s: %s", i+1, got)
			}
		}
	})
}

func command(h *kemitest.Host, method, params string) string {
	got := h.RPC(`{"jsonrpc":"2.0","method":"` + method + `","params":` + params + `,"id":1}`)
	return strings.NewReplacer("\n", "", "\t", "", "\":  ", "\":", ", \"", ",\"").Replace(got)
}

func TestCommands(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	h.Run(invite, func(c *kemi.Ctx) {
		call(h, c, "pl_check_limit a TAILDROP 9")
		call(h, c, "pl_check_limit c NOP 2")
	})
	cases := []struct{ method, params, want string }{
		{"pl.list", `[]`, `[{"name":"a","algorithm":"TAILDROP","limit":9,"counter":1,"last_counter":0,"unused_intervals":0}]`},
		{"pl.list", `["c"]`, `"result":[]`},
		{"pl.list", `["zz"]`, `"code":400,"message":"Unknown pipe id zz"`},
		{"pl.stats", `[]`, `["PIPE: id=a load=0 counter=0"]`},
		{"pl.get_pipes", `[]`, `["PIPE: id=a algorithm=TAILDROP limit=9 counter=1"]`},
		{"pl.set_pipe", `["c","RED",3]`, `"result":{}`},
		{"pl.set_pipe", `["zz","RED",3]`, `"message":"Unknown pipe id zz"`},
		{"pl.set_pipe", `["zz","XX",3]`, `"message":"Unknown algorithm"`},
		{"pl.reset_pipe", `["a"]`, `"result":{}`},
		{"pl.get_pipes", `[]`, `["PIPE: id=a algorithm=TAILDROP limit=9 counter=0","PIPE: id=c algorithm=RED limit=3 counter=1"]`},
		{"pl.rm_pipe", `["a"]`, `"result":{}`},
		{"pl.rm_pipe", `["a"]`, `"message":"Unknown pipe id a"`},
		{"pl.get_pid", `[]`, `"result":"ki[-25.000000] kp[0.000000] kd[0.000000] "`},
		{"pl.set_pid", `[0.5,0.5,0.5]`, `"result":{}`},
		{"pl.get_pid", `[]`, `"result":"ki[0.500000] kp[0.500000] kd[0.500000] "`},
		{"pl.push_load", `[3.5]`, `"message":"Value out of range"`},
		{"pl.push_load", `[0.5]`, `"result":{}`},
	}
	for _, tc := range cases {
		if got := command(h, tc.method, tc.params); !strings.Contains(got, tc.want) {
			t.Errorf("%s %s: %s\nwant %s", tc.method, tc.params, got, tc.want)
		}
	}
}

func TestDrop(t *testing.T) {
	h := kemitest.Start(t, "modparam(\"pipelimit\", \"reply_code\", 505)\n", Module)
	for line, want := range map[string]string{
		"pl_drop": "[]", "pl_drop_retry 5": "[Retry-After: 5\r\n]", "pl_drop_retry 0": "[]", "pl_drop_retry -3": "[]",
		"pl_drop_range 5 5": "[Retry-After: 5\r\n]", "pl_drop_range 9 5": "[Retry-After: 5\r\n]", "pl_drop_range 0 0": "[]",
	} {
		h.Run(invite, func(c *kemi.Ctx) {
			if got := call(h, c, line); got != 1 || fmt.Sprint(c.Msg.Answer.Headers) != want {
				t.Errorf("%s gives %d and %q", line, got, c.Msg.Answer.Headers)
			}
		})
	}
	h.Run(strings.ReplaceAll(invite, "INVITE", "ACK"), func(c *kemi.Ctx) {
		if got := call(h, c, "pl_drop"); got != -1 {
			t.Errorf("an ACK was answered: %d", got)
		}
	})
}

func TestBound(t *testing.T) {
	x := table{pipes: map[string]*pipe{}}
	for i := range maxPipes {
		x.make(fmt.Sprint(i), limit.TailDrop, 1)
	}
	if x.make("one more", limit.TailDrop, 1) != nil || x.make("7", limit.RED, 1) == nil {
		t.Error("the bound is elsewhere")
	}
	for range 2 {
		for _, p := range x.all() {
			p.next(limit.Load{}, limit.Controller{})
		}
	}
	if x.clean(0); len(x.pipes) != 0 {
		t.Errorf("%d idle pipes stay", len(x.pipes))
	}
}

func BenchmarkCheckLimit(b *testing.B) {
	h := kemitest.Start(b, "", Module)
	h.Run(invite, func(c *kemi.Ctx) {
		f := h.Registry.Function("pipelimit", "pl_check_limit")
		args := kemi.MakeArgs(kemi.Str("192.0.2.1"), kemi.Str("TAILDROP"), kemi.Int(10))
		b.ReportAllocs()
		for b.Loop() {
			f.Call(c, args)
		}
	})
}
