package rtimer

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestDefinitions(t *testing.T) {
	good := map[string]timer{
		"name=a;interval=10;mode=1;":   {name: "a", interval: 10 * time.Second, workers: 1},
		"name=a":                       {name: "a", workers: 1},
		" name = a ; mode=0":           {name: "a", workers: 1},
		"name=a;interval=100000u":      {name: "a", interval: 100 * time.Millisecond, workers: 1},
		"mode=4;interval=1;name=a.b-c": {name: "a.b-c", interval: time.Second, workers: 4},
	}
	for text, want := range good {
		if got, err := parseTimer(text); err != nil || fmt.Sprint(*got) != fmt.Sprint(want) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "a", "interval=1", "name=a;interval=x", "name=a;interval=-1", "name=a;interval=0", "name=a;interval=5u", "name=a;mode=999", "name=a;every=3", "name=a;interval=99999999999999999999"} {
		if got, err := parseTimer(text); err == nil {
			t.Errorf("%q was taken as %+v", text, got)
		}
	}
	for _, text := range []string{"", "timer=a", "route=x", "timer=a;func=x"} {
		if got, err := parseExec(text); err == nil {
			t.Errorf("%q was taken as %+v", text, got)
		}
	}
}

// recorder is an engine that notes which functions ran.
type recorder struct {
	kemi.Engine
	v    *kemi.Variable
	mu   sync.Mutex
	runs []string
}

func (r *recorder) Run(c *kemi.Ctx, cb route.Callback, args ...kemi.Value) route.Outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs = append(r.runs, fmt.Sprintf("%s(%s) %s worker %s", cb.Name, args[0].Text(), c.Msg.MethodName, r.v.Get(c).Text()))
	if cb.Name == "absent" {
		return route.Absent
	}
	return route.Done
}

const timers = `
modparam("rtimer", "timer", "name=slow;interval=2")
modparam("rtimer", "timer", "name=pair;interval=700000u;mode=2")
modparam("rtimer", "exec", "timer=slow;route=one")
modparam("rtimer", "exec", "timer=slow;route=absent")
modparam("rtimer", "exec", "timer=pair;route=two")
`

func TestRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := kemitest.New(t, timers, Module)
		if err != nil {
			t.Fatal(err)
		}
		v, err := h.Registry.Var("$rtimer_worker")
		if err != nil {
			t.Fatal(err)
		}
		r := &recorder{Engine: h.Server.Engine, v: v}
		h.Server.Engine = r
		if err := h.Server.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2050 * time.Millisecond)
		h.Stop()
		slices.Sort(r.runs)
		want := []string{"absent(rtimer) OPTIONS worker 0", "one(rtimer) OPTIONS worker 0",
			"two(rtimer) OPTIONS worker 0", "two(rtimer) OPTIONS worker 0", "two(rtimer) OPTIONS worker 1", "two(rtimer) OPTIONS worker 1"}
		if !slices.Equal(r.runs, want) {
			t.Errorf("it ran %q", r.runs)
		}
		if !strings.Contains(h.Log(), "the script has no function absent") {
			t.Error("nobody is told of a missing function")
		}
	})
}

func TestRefusedSettings(t *testing.T) {
	for _, text := range []string{`"timer", "every=3"`, `"exec", "timer=a"`, `"timer", "name=slow"`, `"default_interval", 0`} {
		if _, err := kemitest.New(t, timers+"modparam(\"rtimer\", "+text+")\n", Module); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
	h, err := kemitest.New(t, `modparam("rtimer", "exec", "timer=none;route=x")`+"\n", Module)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Server.Start(); err == nil || !strings.Contains(err.Error(), `there is no timer "none"`) {
		t.Error(err)
	}
}
