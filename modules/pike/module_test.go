package pike_test

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/pike"
)

func TestFunctionsAndCommands(t *testing.T) {
	h := kemitest.Start(t, "modparam(\"pike\", \"reqs_density_per_unit\", 4)\nmodparam(\"pike\", \"sampling_time_unit\", 100)\n", pike.Module)
	h.Run("OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n\r\n", func(c *kemi.Ctx) {
		want := []int{1, 1, 1, 1, 1, 1, 1, -2, -1, -1}
		for i, w := range want {
			if got := h.Call(c, "pike", "pike_check_req").Int(); got != w {
				t.Errorf("request %d: %d, want %d", i+1, got, w)
			}
		}
		if got := h.Call(c, "pike", "pike_check_ip", kemi.Str("nonsense")).Int(); got != -1 {
			t.Error(got)
		}
	})
	if e, ok := h.Stats.Get("pike", "blocked_ips"); !ok || e.Value() != 1 {
		t.Error("one source was blocked")
	}
	for params, want := range map[string]string{
		`[]`:       `"max_hits":4,"list":[{"ip_addr":"192.0.2.1","leaf_hits_prev":0,"leaf_hits_curr":6,"expires":120,"status":"HOT"}],"number_of_rows":1`,
		`["WARM"]`: `"max_hits":4,"list":[],"number_of_rows":0`,
		`["x"]`:    `"message":"Bad argument. Select: ALL, HOT or WARM"`,
	} {
		got := h.RPC(`{"jsonrpc":"2.0","method":"pike.top","params":` + params + `,"id":1}`)
		if got = strings.NewReplacer("\n", "", "\t", "").Replace(got); !strings.Contains(got, want) {
			t.Errorf("%s: %s\nwant %s", params, got, want)
		}
	}
}

func TestStartRefuses(t *testing.T) {
	h, err := kemitest.New(t, "modparam(\"pike\", \"sampling_time_unit\", 0)\n", pike.Module)
	if err != nil {
		t.Fatal(err)
	}
	if err = h.Server.Start(); err == nil {
		t.Fatal("a unit of 0 seconds was accepted")
	}
}
