package kex

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/stat"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func start(t *testing.T) (*kemitest.Host, *stat.Counter) {
	h := kemitest.Start(t, "", Module)
	counter, err := h.Stats.Counter("sample", "hits")
	if err != nil {
		t.Fatal(err)
	}
	counter.Add(5)
	return h, counter
}

func request(method, params string) string {
	return `{"jsonrpc":"2.0","method":"` + method + `","params":[` + params + `],"id":1}`
}

func TestStatistics(t *testing.T) {
	h, _ := start(t)
	for _, c := range []struct{ method, params, want string }{
		{"stats.fetch", `"sample:"`, `"result":{"sample.hits":"5"}`},
		{"stats.fetchn", `"sample:hits"`, `"result":{"sample.hits":5}`},
		{"stats.fetchn", `"hits"`, `"result":{"sample.hits":5}`},
		{"stats.fetch", `"nosuch"`, `"result":{}`},
		{"stats.fetch", ``, `"error":{"code":400,"message":"Please provide which stats to retrieve"}`},
		{"stats.get_statistics", `"hits","sample:"`, `"result":["sample:hits = 5","sample:hits = 5"]`},
		{"stats.get_statistics", `"nosuch"`, `"result":[]`},
		{"stats.get_statistics", ``, `"error":{"code":400,"message":"Please provide which stats to retrieve"}`},
		{"stats.clear_statistics", ``, `"error":{"code":400,"message":"Please provide stats name"}`},
		{"stats.clear_statistics", `"hits"`, `"result":"sample:hits = 5"`},
		{"stats.fetchn", `"hits"`, `"result":{"sample.hits":0}`},
		{"stats.reset_statistics", `"all"`, `"result":{}`},
		{"stats.reset_statistics", ``, `"error":{"code":400,"message":"Please provide stats name"}`},
		{"mod.stats", ``, `"error":{"code":500,"message":"Module name or \"all\" needed"}`},
		{"mod.stats", `"tm","shm"`, `"result":["Module: tm",{"Total":0},""]`},
		{"mod.stats", `"tm"`, `"result":["Module: tm",{"Total":0},{"Total":0},""]`},
	} {
		if got := h.RPC(request(c.method, c.params)); !strings.Contains(got, c.want) {
			t.Errorf("%s(%s) gives %s, want %s", c.method, c.params, got, c.want)
		}
	}
}

func TestMemory(t *testing.T) {
	h, _ := start(t)
	for _, method := range []string{"pkg.stats", "pkg.info"} {
		if got := h.RPC(request(method, "")); !strings.Contains(got, "size\":") {
			t.Errorf("%s gives %s", method, got)
		}
	}
	if got := h.RPC(request("pkg.stats", `"index",7`)); !strings.Contains(got, `"result":[]`) {
		t.Errorf("pkg.stats of a shard that is not there gives %s", got)
	}
}

func TestDebugLevel(t *testing.T) {
	h, _ := start(t)
	h.Log()
	h.Run("", func(c *kemi.Ctx) {
		for _, step := range []struct {
			name  string
			args  []kemi.Value
			level int
		}{
			{"resetdebug", nil, 3},
			{"setdebug", []kemi.Value{kemi.Int(2)}, 2},
			{"setdebug", []kemi.Value{kemi.Int(-1)}, -1},
			{"resetdebug", nil, 3},
		} {
			if got := h.Call(c, "kex", step.name, step.args...).Int(); got != 1 {
				t.Errorf("%s gives %d", step.name, got)
			}
			if got := int(h.Server.Log.Threshold()); got != step.level {
				t.Errorf("after %s the level is %d, want %d", step.name, got, step.level)
			}
		}
	})
}

func TestSruidIsNewEachTime(t *testing.T) {
	h, _ := start(t)
	h.Run("", func(c *kemi.Ctx) {
		v := h.Registry.FindVar("$sruid")
		first, second := v.Get(c).Text(), v.Get(c).Text()
		if first == second || !strings.HasPrefix(first, "srid-") {
			t.Errorf("$sruid gives %q, then %q", first, second)
		}
	})
}
