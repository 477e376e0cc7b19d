package counters_test

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/stat"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/counters"
)

const config = `
modparam("counters", "script_counter", "web.first First counter")
modparam("counters", "script_counter", "second")
modparam("counters", "script_counter", "third:third one")
`

func start(t *testing.T) *kemitest.Host {
	t.Helper()
	h := kemitest.Start(t, config, counters.Module)
	if err := h.Stats.Add("core", "rcv_requests", new(stat.Counter)); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestFunctions(t *testing.T) {
	h := start(t)
	cases := []struct {
		function, name string
		args           []kemi.Value
		want           int
	}{
		{"inc", "second", nil, 1}, {"add", "second", []kemi.Value{kemi.Int(4)}, 1}, {"add", "script.second", []kemi.Value{kemi.Int(-2)}, 1},
		{"inc", "web.first", nil, 1}, {"inc", "core.rcv_requests", nil, 1}, {"inc", "rcv_requests", nil, -1},
		{"inc", "first", nil, -1}, {"inc", "", nil, -1}, {"reset", "third", nil, 1}, {"reset", "nosuch", nil, -1}, {"reset", "web.first", nil, -1},
	}
	h.Run("", func(c *kemi.Ctx) {
		for _, tc := range cases {
			if got := h.Call(c, "counters", tc.function, append([]kemi.Value{kemi.Str(tc.name)}, tc.args...)...); got.Int() != tc.want {
				t.Errorf("%s %s gives %d, want %d", tc.function, tc.name, got.Int(), tc.want)
			}
		}
	})
	for name, want := range map[string]int64{"script:second": 3, "web:first": 1, "core:rcv_requests": 1, "script:third": 0} {
		if got := h.Stats.Select(name); len(got) != 1 || got[0].Value() != want {
			t.Errorf("%s is %v, want %d", name, got, want)
		}
	}
}

func TestCommands(t *testing.T) {
	h := start(t)
	h.Run("", func(c *kemi.Ctx) { h.Call(c, "counters", "inc", kemi.Str("second")) })
	cases := []struct{ method, params, want string }{
		{"cnt.list_groups", `[]`, `"result":["core",`},
		{"cnt.list_vars", `["script"]`, `"result":["second","third"]`},
		{"cnt.list_vars", `["nosuch"]`, `"result":[]`},
		{"cnt.get", `["script","second"]`, `"result":1`},
		{"cnt.get", `["script"]`, `"result":{"second":1,"third":0}`},
		{"cnt.get_vars", `["nosuch"]`, `"result":{}`},
		{"cnt.get", `["script","nosuch"]`, `"code":400,"message":"non-existent counter script.nosuch\n"`},
		{"cnt.help", `["web","first"]`, `"result":"First counter"`},
		{"cnt.help", `["script","second"]`, `"result":"custom script counter."`},
		{"cnt.help", `["script","third"]`, `"result":"third one"`},
		{"cnt.reset", `["script","second"]`, `"result":{}`},
		{"cnt.get_raw", `["script","second"]`, `"result":0`},
	}
	for _, tc := range cases {
		got := h.RPC(`{"jsonrpc":"2.0","method":"` + tc.method + `","params":` + tc.params + `,"id":1}`)
		if got = strings.NewReplacer("\n", "", "\t", "", ": ", ":", ", ", ",").Replace(got); !strings.Contains(got, tc.want) {
			t.Errorf("%s %s: %s\nwant %s", tc.method, tc.params, got, tc.want)
		}
	}
}

func TestRefusedSettings(t *testing.T) {
	for _, value := range []string{"", "web.", " only text", ":x"} {
		if _, err := kemitest.New(t, "modparam(\"counters\", \"script_counter\", \""+value+"\")\n", counters.Module); err == nil {
			t.Errorf("%q was accepted", value)
		}
	}
}
