package kemi

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

type liveState struct{ limit LiveInt }

func liveModule() Module {
	return Define(Spec[liveState]{
		Name: "maxed", New: func() *liveState { return new(liveState) },
		Params: Params[liveState]{
			LiveIntParam("limit", 70, func(s *liveState) *LiveInt { return &s.limit }, "most").Within(0, 255),
		},
	})
}

func runtimeOf(t *testing.T, text string) *Server {
	t.Helper()
	s, err := build(t, text, liveModule(), Define(Spec[sample]{Name: "tm", New: func() *sample { return new(sample) }}))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// show is a value, or the error's first word that tests ask for.
func show(x Value, err error) string {
	if err != nil {
		return "error"
	}
	return x.Text()
}

func TestRuntimeGetAndSet(t *testing.T) {
	s := runtimeOf(t, "loadmodule \"maxed\"\nloadmodule \"tm\"\npstn.gw_ip = \"192.0.2.1\" desc \"gateway\"\npstn.port = 5060\n")
	r := s.Runtime
	for _, c := range []struct {
		group, name string
		set         Value
		ok          bool
		want        string
	}{
		{"maxed", "limit", Int(10), true, "10"},
		{"maxed", "limit", Str("11"), true, "11"},
		{"maxed", "limit", Str("x"), false, "11"},
		{"maxed", "limit", Int(256), false, "11"},
		{"core", "debug", Int(3), true, "3"},
		{"core", "nosuch", Int(3), false, "error"},
		{"nosuch", "debug", Int(3), false, "error"},
		{"tm", "fr_timer", Int(5000), true, "5000"},
		{"tm", "default_reason", Int(5), true, "5"},
		{"pstn", "gw_ip", Str("192.0.2.2"), true, "192.0.2.2"},
		{"pstn", "port", Str("5070"), true, "5070"},
		{"pstn", "port", Str("five"), false, "5070"},
	} {
		ref := RuntimeRef{Group: c.group}
		if err := r.Set(ref, c.name, c.set); (err == nil) != c.ok {
			t.Errorf("set %s.%s to %q: %v", c.group, c.name, c.set.Text(), err)
		}
		if got := show(r.Get(ref, c.name)); got != c.want {
			t.Errorf("%s.%s is %s, want %s", c.group, c.name, got, c.want)
		}
	}
	if s.TM.Get().FrTimer != 5000 {
		t.Error("tm.fr_timer did not reach the transaction layer")
	}
	if s.Registry.Module("maxed").State.(*liveState).limit.Get() != 11 {
		t.Error("the module does not see its parameter's new value")
	}
}

func TestRuntimeDelayedChanges(t *testing.T) {
	r := runtimeOf(t, `loadmodule "maxed"`).Runtime
	ref := RuntimeRef{Group: "maxed"}
	if err := r.Delay(ref, "limit", Str("9")); err != nil {
		t.Fatal(err)
	}
	if err := r.Delay(ref, "limit", Str("x")); !errors.Is(err, ErrWrongKind) {
		t.Errorf("delay of a text for a number: %v", err)
	}
	p := r.Pending()
	if got := fmt.Sprintln(len(p), p[0].Name, p[0].Old.Text(), p[0].New.Text(), show(r.Get(ref, "limit"))); got != "1 limit 70 9 70\n" {
		t.Errorf("before the commit: %s", got)
	}
	if err := r.Commit(); err != nil || show(r.Get(ref, "limit")) != "9" || len(r.Pending()) != 0 {
		t.Errorf("after the commit: %v, limit %s, %d pending", err, show(r.Get(ref, "limit")), len(r.Pending()))
	}
	_ = r.Delay(ref, "limit", Int(8))
	r.Rollback()
	if err := r.Commit(); err != nil || show(r.Get(ref, "limit")) != "9" {
		t.Error("a change that was rolled back took effect")
	}
	if err := r.Reset("maxed"); err != nil || show(r.Get(ref, "limit")) != "70" {
		t.Errorf("after the reset: %v, limit %s", err, show(r.Get(ref, "limit")))
	}
}

func TestRuntimeInstances(t *testing.T) {
	r := runtimeOf(t, `loadmodule "maxed"`).Runtime
	base, third := RuntimeRef{Group: "maxed"}, RuntimeRef{Group: "maxed", ID: 3, Instance: true}
	if err := r.Set(third, "limit", Int(4)); !errors.Is(err, ErrNoInstance) {
		t.Errorf("set before the instance is there: %v", err)
	}
	if err := r.AddInstance(third); err != nil {
		t.Fatal(err)
	}
	_ = r.Set(third, "limit", Int(4))
	if got := show(r.Get(third, "limit")) + " " + show(r.Get(base, "limit")); got != "4 70" {
		t.Errorf("instance and group have %s, want 4 70", got)
	}
	_ = r.Unset(third, "limit")
	if got := show(r.Get(third, "limit")); got != "70" {
		t.Errorf("after unset: %s", got)
	}
	if err := errors.Join(r.DropInstance(third)); err != nil {
		t.Error(err)
	}
	if err := r.DropInstance(third); !errors.Is(err, ErrNoInstance) {
		t.Errorf("second drop: %v", err)
	}
}

func TestParseRuntimeRef(t *testing.T) {
	for text, want := range map[string]string{
		"tm": "{tm 0 false}", "tm[3]": "{tm 3 true}", "tm[": "error", "tm[x]": "error", "tm[-1]": "error", "[1]": "error", "tm[1]x": "error",
	} {
		ref, err := ParseRuntimeRef(text)
		got := strings.TrimSpace(fmt.Sprintf("%v", ref))
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q reads as %s, want %s", text, got, want)
		}
	}
}
