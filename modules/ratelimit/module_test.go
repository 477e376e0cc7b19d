package ratelimit

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

const config = `
modparam("ratelimit", "timer_interval", 2)
modparam("ratelimit", "pipe", "0:TAILDROP:5")
modparam("ratelimit", "pipe", "1:RED:4")
modparam("ratelimit", "pipe", "3:FEEDBACK:80")
modparam("ratelimit", "queue", "0:INVITE")
modparam("ratelimit", "queue", "1:REGISTER")
`

func request(method string) string {
	return method + " sip:bob@biloxi.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=a\r\n" +
		"To: <sip:c@d>\r\nCall-ID: c1\r\nCSeq: 1 " + method + "\r\nContent-Length: 0\r\n\r\n"
}

// checks counts how many of n requests get through rl_check, or through one pipe.
func checks(h *kemitest.Host, method string, n, pipe int) (passed int) {
	h.Run(request(method), func(c *kemi.Ctx) {
		for range n {
			function, args := "rl_check", []kemi.Value(nil)
			if pipe >= 0 {
				function, args = "rl_check_pipe", []kemi.Value{kemi.Int(pipe)}
			}
			if h.Call(c, "ratelimit", function, args...).Int() == 1 {
				passed++
			}
		}
	})
	return passed
}

func TestChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := kemitest.New(t, config, Module)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Server.Start(); err != nil {
			t.Fatal(err)
		}
		defer h.Stop()
		cases := []struct {
			method        string
			n, pipe, want int
		}{
			{"INVITE", 13, -1, 10}, {"REGISTER", 40, -1, 40}, {"OPTIONS", 2, -1, 0}, {"OPTIONS", 2, 1, 2},
			{"OPTIONS", 1, 4, 0}, {"OPTIONS", 1, 99, 0}, {"OPTIONS", 1, -2, 0}, {"OPTIONS", 1, 3, 1},
		}
		for _, tc := range cases {
			if got := checks(h, tc.method, tc.n, tc.pipe); got != tc.want {
				t.Errorf("%d %s in pipe %d: %d passed, want %d", tc.n, tc.method, tc.pipe, got, tc.want)
			}
		}
		time.Sleep(2100 * time.Millisecond)
		if got := checks(h, "INVITE", 13, -1); got != 10 {
			t.Errorf("in the next interval %d INVITE passed", got)
		}
		if got := checks(h, "REGISTER", 40, -1); got != 8 {
			t.Errorf("in the next interval %d REGISTER passed", got)
		}
	})
}

func TestCommands(t *testing.T) {
	h := kemitest.Start(t, config, Module)
	checks(h, "INVITE", 3, -1)
	cases := []struct{ method, params, want string }{
		{"rl.get_pipes", `[]`, `"result":"PIPE[3]: 3:FEEDBACK 0/80 (drop rate: 0) [0]"`},
		{"rl.stats", `[]`, `"result":"PIPE[31]: 0/0 (drop rate: 0)"`},
		{"rl.get_queues", `[]`, `"result":"QUEUE[1]: 1:REGISTER"`},
		{"rl.get_pid", `[]`, `"result":"ki[-25.000000] kp[0.000000] kd[0.000000] "`},
		{"rl.set_pipe", `[5,"RED",10]`, `"result":{}`},
		{"rl.get_pipes", `[]`, `"result":"PIPE[5]: 1:RED 0/10 (drop rate: 0) [0]"`},
		{"rl.set_pipe", `[6,"red",10]`, `"code":400,"message":"Unknown algorithm"`},
		{"rl.set_pipe", `[99,"RED",10]`, `"code":400,"message":"Unknown pipe"`},
		{"rl.set_queue", `[1,"MESSAGE",5]`, `"result":{}`},
		{"rl.set_queue", `[2,"INVITE",5]`, `"code":400,"message":"MAX_QUEUES reached"`},
		{"rl.set_queue", `[1,"INVITE",77]`, `"code":400,"message":"Invalid pipe number"`},
		{"rl.get_queues", `[]`, `"result":"QUEUE[1]: 5:MESSAGE"`},
		{"rl.set_pid", `[0.1,0.2,0.3]`, `"result":{}`},
		{"rl.get_pid", `[]`, `"result":"ki[0.100000] kp[0.200000] kd[0.300000] "`},
		{"rl.push_load", `[2]`, `"code":400,"message":"Value out of range"`},
		{"rl.push_load", `[0.5]`, `"result":{}`},
		{"rl.set_dbg", `[1]`, `"result":{}`},
	}
	for _, tc := range cases {
		got := h.RPC(`{"jsonrpc":"2.0","method":"` + tc.method + `","params":` + tc.params + `,"id":1}`)
		if got = strings.NewReplacer("\n", "", "\t", "", "\":  ", "\":", ", \"", ",\"").Replace(got); !strings.Contains(got, tc.want) {
			t.Errorf("%s %s: %s\nwant %s", tc.method, tc.params, got, tc.want)
		}
	}
}

func TestRefusedSettings(t *testing.T) {
	for _, text := range []string{
		`"pipe", ""`, `"pipe", "0:RED"`, `"pipe", "0:red:5"`, `"pipe", "32:RED:5"`, `"pipe", "-1:RED:5"`, `"pipe", "x:RED:5"`,
		`"queue", ""`, `"queue", "0"`, `"queue", "99:INVITE"`, `"timer_interval", 0`,
	} {
		if _, err := kemitest.New(t, "modparam(\"ratelimit\", "+text+")\n", Module); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	h := kemitest.Start(b, config, Module)
	h.Run(request("INVITE"), func(c *kemi.Ctx) {
		f, args := h.Registry.Function("ratelimit", "rl_check"), kemi.MakeArgs()
		b.ReportAllocs()
		for b.Loop() {
			f.Call(c, args)
		}
	})
}
