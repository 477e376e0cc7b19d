package timer

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestDeclarations(t *testing.T) {
	good := map[string]string{
		"a=f,1000":               "a f 1s false",
		"a=f,1500,fast,enable":   "a f 1.5s true",
		"a = f , 10 , , enable ": "a f 10ms true",
		"a=f,10,slow":            "a f 10ms false",
	}
	for text, want := range good {
		x, err := parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := fmt.Sprint(x.name, " ", x.function, " ", x.interval, " ", x.on.Load()); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "a", "a=", "a=f", "=f,10", "a=f,0", "a=f,-1", "a=f,x", "a=f,10,soon", "a=f,10,slow,on", "a=f,10,slow,enable,x"} {
		if _, err := parse(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// counter is an engine that counts the runs of each function.
type counter struct {
	kemi.Engine
	runs map[string]int
}

func (r *counter) Run(_ *kemi.Ctx, cb route.Callback, args ...kemi.Value) route.Outcome {
	r.runs[cb.Name+" "+args[0].Text()]++
	return route.Done
}

func TestSwitching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := kemitest.New(t, `
modparam("timer", "declare_timer", "off=one,1000")
modparam("timer", "declare_timer", "on=two,1000,slow,enable")
`, Module)
		if err != nil {
			t.Fatal(err)
		}
		r := &counter{h.Server.Engine, map[string]int{}}
		h.Server.Engine = r
		if err := h.Server.Start(); err != nil {
			t.Fatal(err)
		}
		defer h.Stop()
		steps := []struct {
			name string
			on   int
			want string
		}{
			{"", 0, "0 2"}, {"off", 1, "2 4"}, {"on", 0, "4 4"}, {"on", 0, "7 4"}, {"off", 5, "9 4"}, {"off", 0, "9 4"}, {"on", 1, "9 6"},
		}
		for _, step := range steps {
			if step.name != "" {
				enable(h, step.name, step.on, 1, t)
			}
			time.Sleep(2400 * time.Millisecond)
			if got := counts(h, r); got != step.want {
				t.Errorf("after %s=%d it is %s, want %s", step.name, step.on, got, step.want)
			}
		}
		enable(h, "nosuch", 1, -1, t)
	})
}

func enable(h *kemitest.Host, name string, on, want int, t *testing.T) {
	t.Helper()
	h.Run("", func(c *kemi.Ctx) {
		if got := h.Call(c, "timer", "timer_enable", kemi.Str(name), kemi.Int(on)); got.Int() != want {
			t.Errorf("timer_enable %s gives %d", name, got.Int())
		}
	})
}

func counts(h *kemitest.Host, r *counter) (text string) {
	h.Run("", func(*kemi.Ctx) { text = fmt.Sprint(r.runs["one timer"], r.runs["two timer"]) })
	return text
}
