package lua

import (
	"strings"
	"testing"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/route"
)

func TestGlobalsLiveWithTheState(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	h.load(`hits = 0 function f() hits = hits + 1 KSR.note.add(hits) end`)
	for _, shard := range []int{0, 0, 1, 0, 1} {
		h.runIn(shard, route.RequestRoute, route.Callback{Name: "f"})
	}
	if got := n.take(); got != "1\n2\n1\n3\n2" {
		t.Errorf("said %q", got)
	}
}

func TestAnOutgrownStateIsReplaced(t *testing.T) {
	limits := testLimits
	limits.Memory = 1 << 20
	n := new(note)
	h := newHost(t, limits, Options{}, n.module())
	h.load(`cache = {} runs = 0
		function f() runs = runs + 1 cache[#cache + 1] = ("x"):rep(1000) .. runs end
		function ask() KSR.note.add(runs) end`)
	for range 3000 {
		if h.run("f") != route.Done {
			t.Fatal(h.log)
		}
	}
	h.run("ask")
	if got := n.take(); got != "1000" && got != "0" && got != "999" || !strings.Contains(h.log.String(), "replaced by a fresh one") {
		t.Errorf("%s runs in the last state\n%s", got, h.log)
	}
}

// TestDeletedKeysAreGivenBack: gopher-lua keeps the keys of deleted entries.
func TestDeletedKeysAreGivenBack(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	h.load(`queue = {keep = 1} runs = 0
		function f() for i = 1, 10 do runs = runs + 1 queue["k" .. runs] = runs queue["k" .. runs] = nil end end
		function ask() local t = {} for k, v in pairs(queue) do t[#t + 1] = k .. v end KSR.note.add(table.concat(t)) end`)
	for range 2500 {
		h.run("f")
	}
	s := h.e.current.Load().shards[0].free[0]
	if n := keyCount(s.L.GetGlobal("queue").(*glua.LTable)); n > 15000 {
		t.Errorf("%d keys are kept", n)
	}
	h.run("ask")
	if got := n.take(); got != "keep1" {
		t.Error(got)
	}
}

type greeter struct{ Name string }

// Hello greets.
func (g *greeter) Hello(who string) string { return g.Name + " greets " + who }

func TestValuesOfTheEmbeddingProgram(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{Setup: []func(*glua.LState){WithValue("greeter", &greeter{"Ann"})}}, n.module())
	h.load(`seen = greeter.Name function f() KSR.note.add(greeter:Hello("Bob") .. " " .. seen) end`)
	for shard := range h.shards {
		h.runIn(shard, route.RequestRoute, route.Callback{Name: "f"})
	}
	if got := n.take(); got != "Ann greets Bob Ann\nAnn greets Bob Ann" {
		t.Error(got)
	}
}

func TestWarningsAtTheStart(t *testing.T) {
	h := newHost(t, testLimits, Options{}, new(note).module())
	h.load("function f()\n  KSR.note.ad('x')\nend")
	if log := h.log.String(); !strings.Contains(log, "WARNING") || !strings.Contains(log, "a.lua:2:3: there is no function KSR.note.ad (did you mean KSR.note.add?)") {
		t.Error(log)
	}
}

func TestTwoEnginesShareNothing(t *testing.T) {
	one, two := new(note), new(note)
	a, b := newHost(t, testLimits, Options{}, one.module()), newHost(t, testLimits, Options{}, two.module())
	a.load(`function f() KSR.note.add("a") end`)
	b.load(`function f() KSR.note.add("b") end`)
	done := make(chan struct{})
	go func() { defer close(done); a.run("f") }()
	b.run("f")
	<-done
	if one.take() != "a" || two.take() != "b" {
		t.Error("the engines are mixed up")
	}
}
