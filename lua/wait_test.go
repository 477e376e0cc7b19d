package lua

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
)

// sleeper is a module whose function waits outside of the shard, and one that runs a callback.
func sleeper() kemi.Module {
	type none struct{}
	return kemi.Define(kemi.Spec[none]{
		Name: "sleeper", New: func() *none { return new(none) },
		Funcs: kemi.Funcs[none]{
			{Name: "wait", Args: "ms int", Waits: true, Call: func(_ *none, c *kemi.Ctx, a *kemi.Args) kemi.Value {
				d := time.Duration(a.Int(0)) * time.Millisecond
				c.Wait(func() { time.Sleep(d) })
				return kemi.Int(a.Int(0))
			}},
			{Name: "relay", Args: "callback str", Call: func(_ *none, c *kemi.Ctx, a *kemi.Args) kemi.Value {
				call := &route.Call{Kind: route.BranchRoute, Message: c.Msg}
				inner := &kemi.Ctx{Msg: c.Msg, Call: call, Server: c.Server, Shard: c.Shard}
				return kemi.Int(int(c.Server.Engine.Run(inner, route.Callback{Name: a.Str(0)})))
			}},
		},
	})
}

// start runs a function as a job of a call, as a reader of a socket does.
func (h *host) start(key uint64, function string, args ...kemi.Value) {
	sh := h.shards[0]
	go sh.Submit(key, jobFunc(func() {
		m := new(route.Message)
		c := &kemi.Ctx{Msg: m, Call: &route.Call{Kind: route.RequestRoute, Message: m}, Server: h.server, Shard: sh}
		if got := h.e.Run(c, route.Callback{Name: function}, args...); got != route.Done {
			h.t.Errorf("%s: outcome %d\n%s", function, got, h.log)
		}
	}), nil)
}

type jobFunc func()

func (f jobFunc) Run() { f() }

func TestWaitingRoutesHaveStatesOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := new(note)
		h := newHost(t, testLimits, Options{}, n.module(), sleeper())
		h.load(`function slow(name, ms)
			current = name
			KSR.sleeper.wait(ms)
			KSR.note.add(name .. " " .. current)
		end
		function quick(name) current = name KSR.note.add(name) end`)
		h.start(1, "slow", kemi.Str("one"), kemi.Int(3000))
		synctest.Wait()
		h.start(2, "slow", kemi.Str("two"), kemi.Int(1000))
		synctest.Wait()
		h.start(3, "quick", kemi.Str("three"))
		h.start(1, "quick", kemi.Str("held"))
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := n.take(); got != "three\ntwo two\none one\nheld" {
			t.Errorf("said %q", got)
		}
		if made, running := h.e.current.Load().shards[0].made, len(h.e.running[0].states); made != 3 || running != 0 {
			t.Errorf("%d states made, %d running", made, running)
		}
	})
}

func TestWaitingDoesNotCountAsRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, testLimits, Options{}, new(note).module(), sleeper())
		h.load(`function f() for i = 1, 20 do KSR.sleeper.wait(100) for j = 1, 1000 do end end end`)
		h.start(1, "f")
		time.Sleep(time.Minute)
	})
}

func TestNestedRoutesShareTheState(t *testing.T) {
	n := new(note)
	const script = `
		function request() per_message = "mine" KSR.sleeper.relay("branch") KSR.note.add("back " .. per_message) end
		function branch() KSR.note.add("branch sees " .. tostring(per_message)) per_message = "changed" KSR.x.exit() end
		function in_coroutine() per_message = "co" coroutine.wrap(function() KSR.sleeper.relay("branch") end)() KSR.note.add(per_message) end
		function fails() KSR.note.add(tostring(KSR.sleeper.relay("broken"))) end
		function broken() error("broken") end
		function endless() KSR.sleeper.relay("loop") KSR.note.add("after") while true do end end
		function loop() while true do end end`
	for _, x := range []struct {
		limits kemi.ScriptLimits
		routes []string
	}{{testLimits, []string{"request", "in_coroutine", "fails"}}, {shortLimits, []string{"endless"}}} {
		h := newHost(t, x.limits, Options{}, n.module(), sleeper(), exits())
		h.load(script)
		for _, f := range x.routes {
			h.run(f)
		}
	}
	want := "branch sees mine\nback changed\nbranch sees co\nchanged\n3\nafter"
	if got := n.take(); got != want && got != strings.TrimSuffix(want, "\nafter") {
		t.Errorf("said %q", got)
	}
}

func TestStatesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := testLimits
		limits.States = 3
		n := new(note)
		h := newHost(t, limits, Options{}, n.module(), sleeper())
		h.load(`function f() KSR.sleeper.wait(100) end function g() end`)
		for i := range 3 {
			h.start(uint64(i+1), "f")
			synctest.Wait()
		}
		if got := h.run("g"); got != route.Failed || !strings.Contains(h.log.String(), "all 3 states of shard 0 are in use") {
			t.Errorf("outcome %d\n%s", got, h.log)
		}
		time.Sleep(time.Second)
		if got := h.run("g"); got != route.Done {
			t.Errorf("outcome %d", got)
		}
	})
}

func TestReloadWhileRoutesRun(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	files := h.files("function f() KSR.note.add('x') end")
	if err := h.e.Load(files); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for shard := range h.shards {
		wg.Go(func() {
			for range 300 {
				if h.runIn(shard, route.RequestRoute, route.Callback{Name: "f"}) != route.Done {
					t.Error(h.log)
				}
			}
		})
	}
	for i := range 20 {
		if i%5 == 4 {
			write(t, files[0], "function f(")
			if h.e.Reload(-1, "test") == nil {
				t.Error("a broken script was taken")
			}
			write(t, files[0], "function f() KSR.note.add('x') end")
		} else if err := h.e.Reload(-1, "test"); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	if got := strings.Count(n.take(), "x"); got != 600 {
		t.Errorf("%d runs", got)
	}
}

func TestOldStatesGoAfterAReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := new(note)
		h := newHost(t, testLimits, Options{}, n.module(), sleeper())
		files := h.files(`function f(v) KSR.sleeper.wait(100) KSR.note.add("old " .. v) end`)
		if err := h.e.Load(files); err != nil {
			t.Fatal(err)
		}
		old := h.e.current.Load()
		for i := range 3 {
			h.start(uint64(i+1), "f", kemi.Str(fmt.Sprint(i)))
			synctest.Wait()
		}
		write(t, files[0], `function f(v) KSR.note.add("new " .. v) end`)
		if err := h.e.Reload(-1, "test"); err != nil {
			t.Fatal(err)
		}
		h.run("f", kemi.Str("x"))
		time.Sleep(time.Second)
		h.run("f", kemi.Str("y"))
		lines := strings.Split(n.take(), "\n")
		slices.Sort(lines[1:4]) // they end at the same time
		if !slices.Equal(lines, []string{"new x", "old 0", "old 1", "old 2", "new y"}) {
			t.Errorf("said %q", lines)
		}
		if p := old.shards[0]; len(p.free) != 1 || p.made != 1 {
			t.Errorf("%d old states are kept, %d counted", len(p.free), p.made)
		}
	})
}

// TestARouteArmsItsOwnVersion: what a route that runs on an old version arms, is found there.
func TestARouteArmsItsOwnVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type armory struct{ armed route.Callback }
		kept := new(armory)
		arm := kemi.Define(kemi.Spec[armory]{
			Name: "armory", New: func() *armory { return kept },
			Funcs: kemi.Funcs[armory]{{Name: "arm", Args: "name str", Call: func(s *armory, c *kemi.Ctx, a *kemi.Args) kemi.Value {
				s.armed = c.Arm(a.Str(0))
				return kemi.Int(1)
			}}},
		})
		n := new(note)
		h := newHost(t, testLimits, Options{}, n.module(), sleeper(), arm)
		files := h.files(`function f() KSR.sleeper.wait(100) KSR.armory.arm("gone") end function gone() KSR.note.add("old") end`)
		if err := h.e.Load(files); err != nil {
			t.Fatal(err)
		}
		h.start(1, "f")
		synctest.Wait()
		write(t, files[0], "function f() end")
		if err := h.e.Reload(-1, "test"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		var armed route.Callback
		h.shards[0].Do(func() { armed = kept.armed })
		if got := h.runIn(0, route.FailureRoute, armed); got != route.Done || n.take() != "old" {
			t.Errorf("outcome %d\n%s", got, h.log)
		}
	})
}

// TestCrowdedShardRefuses: where as many routes wait as may, the next one that would is ended, and others run.
func TestCrowdedShardRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := new(note)
		limits := testLimits
		limits.States = 400
		h := newHost(t, limits, Options{}, n.module(), sleeper())
		h.load(`function slow() KSR.sleeper.wait(1000) end
			function quick() KSR.note.add("quick") end
			function careful() KSR.note.add(tostring(pcall(KSR.sleeper.wait, 1000))) end`)
		for i := range 256 {
			h.start(uint64(i+1), "slow")
		}
		synctest.Wait()
		if got := h.run("slow"); got != route.Failed || !strings.Contains(h.log.String(), "too many routes wait already") {
			t.Errorf("outcome %d\n%s", got, h.log)
		}
		h.run("careful")
		h.run("quick")
		if got := n.take(); got != "false\nquick" {
			t.Errorf("said %q", got)
		}
		if refused := h.shards[0].Stats.Refused.Load(); refused != 2 {
			t.Errorf("%d refused", refused)
		}
		time.Sleep(time.Minute)
	})
}
