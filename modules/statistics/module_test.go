package statistics_test

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/stat"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/statistics"
)

const config = `
modparam("statistics", "variable", "calls")
modparam("statistics", "variable", "kept/no_reset")
`

func TestUpdateAndReset(t *testing.T) {
	h := kemitest.Start(t, config, statistics.Module)
	if err := h.Stats.Add("shmem", "free_size", stat.Func(func() int64 { return 7 })); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Stats.Counter("core", "rcv_requests"); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name        string
		delta       int // 0: reset
		want, value int64
	}{
		{"calls", 5, 1, 5}, {"calls", -7, 1, -2}, {"calls", 0, 1, 0},
		{"kept", 3, 1, 3}, {"kept", 0, 1, 3},
		{"rcv_requests", 2, 1, 2}, {"rcv_requests", 0, 1, 0},
		{"free_size", 1, 1, 7}, {"free_size", 0, 1, 7},
		{"nosuch", 1, -1, 0}, {"nosuch", 0, -1, 0}, {"", 1, -1, 0}, {"script:calls", 1, -1, 0},
	}
	h.Run("", func(c *kemi.Ctx) {
		for _, tc := range cases {
			got := call(h, c, tc.name, tc.delta)
			if got.Int64() != tc.want {
				t.Errorf("%s %+d gives %s, want %d", tc.name, tc.delta, got.Text(), tc.want)
			}
			if e, ok := h.Stats.ByName(tc.name); ok && e.Value() != tc.value {
				t.Errorf("%s %+d: it is %d, want %d", tc.name, tc.delta, e.Value(), tc.value)
			}
		}
	})
}

func call(h *kemitest.Host, c *kemi.Ctx, name string, delta int) kemi.Value {
	if delta == 0 {
		return h.Call(c, "statistics", "reset_stat", kemi.Str(name))
	}
	return h.Call(c, "statistics", "update_stat", kemi.Str(name), kemi.Int(delta))
}

func TestRefusedSettings(t *testing.T) {
	for value, want := range map[string]string{
		"":          "want NAME or NAME/no_reset",
		"a/reset":   "want NAME or NAME/no_reset",
		"/no_reset": "want NAME or NAME/no_reset",
		"calls":     "defined twice",
	} {
		_, err := kemitest.New(t, config+"modparam(\"statistics\", \"variable\", \""+value+"\")\n", statistics.Module)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", value, err)
		}
	}
}
