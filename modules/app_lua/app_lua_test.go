package app_lua

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// engine is an Engine that notes what is asked of it.
type engine struct {
	kemi.Engine
	files []string
	did   []string
	err   error
}

func (e *engine) Load(files []string) error { e.files = files; return e.err }
func (e *engine) Files() []string           { return e.files }

func (e *engine) Reload(index int, by string) error {
	e.did = append(e.did, fmt.Sprintf("reload %d %s", index, by))
	return e.err
}

func (e *engine) Run(_ *kemi.Ctx, cb route.Callback, args ...kemi.Value) route.Outcome {
	text := cb.Name
	for _, a := range args {
		text += " " + a.Text()
	}
	e.did = append(e.did, text)
	if cb.Name == "nothing" {
		return route.Absent
	}
	return route.Done
}

func (e *engine) DoString(_ *kemi.Ctx, code string) error {
	e.did = append(e.did, code)
	return e.err
}

func (e *engine) DoFile(c *kemi.Ctx, path string) error { return e.DoString(c, path) }

type sample struct{ got []string }

// samples is a module that modf finds its functions in.
func samples(s *sample) kemi.Module {
	call := func(s *sample, _ *kemi.Ctx, a *kemi.Args) kemi.Value {
		for i := range a.Len() {
			s.got = append(s.got, a.At(i).Text())
		}
		return kemi.Int(7)
	}
	return kemi.Define(kemi.Spec[sample]{
		Name: "sample", New: func() *sample { return s },
		Funcs: kemi.Funcs[sample]{{Name: "both", Args: "n int, text str", Returns: kemi.Code, Call: call}, {Name: "none", Call: call}},
	})
}

func newServer(t *testing.T, s *sample) (*kemi.Server, *engine) {
	t.Helper()
	r, err := kemi.NewRegistry(Module, Functions, samples(s))
	if err != nil {
		t.Fatal(err)
	}
	e := new(engine)
	server := &kemi.Server{Log: log.Discard(), Registry: r, Engine: e}
	for _, in := range r.Modules() {
		if st, ok := in.State.(*state); ok {
			_ = st.load(kemi.ParamValue{IsStr: true, Str: "one.lua"})
			_ = st.load(kemi.ParamValue{IsStr: true, Str: "two.lua"})
		}
		if m, ok := in.State.(interface{ Start(*kemi.Server) error }); ok {
			if err := m.Start(server); err != nil {
				t.Fatal(err)
			}
		}
	}
	return server, e
}

func call(server *kemi.Server, table, function string, args ...kemi.Value) kemi.Value {
	c := &kemi.Ctx{Server: server, Call: &route.Call{Kind: route.RequestRoute}, Msg: new(route.Message)}
	return server.Registry.Function(table, function).Call(c, kemi.MakeArgs(args...))
}

func TestFunctions(t *testing.T) {
	s := new(sample)
	server, e := newServer(t, s)
	cases := []struct {
		table, function string
		args            []kemi.Value
		want            int
		did             string
	}{
		{"app_lua", "run", []kemi.Value{kemi.Str("f")}, 1, "f"},
		{"app_lua", "run_p2", []kemi.Value{kemi.Str("f"), kemi.Str("a"), kemi.Str("b")}, 1, "f a b"},
		{"app_lua", "run", []kemi.Value{kemi.Str("nothing")}, -1, "nothing"},
		{"app_lua", "dostring", []kemi.Value{kemi.Str("x = 1")}, 1, "x = 1"},
		{"app_lua", "dofile", []kemi.Value{kemi.Str("x.lua")}, 1, "x.lua"},
		{"x", "modf", []kemi.Value{kemi.Str("both"), kemi.Str("-12"), kemi.Str("text")}, 7, ""},
		{"x", "modf", []kemi.Value{kemi.Str("none")}, 7, ""}, {"x", "modf", []kemi.Value{kemi.Str("none"), kemi.Str("more")}, -1, ""},
		{"x", "modf", []kemi.Value{kemi.Str("both"), kemi.Str("1")}, -1, ""},
		{"x", "modf", []kemi.Value{kemi.Str("nosuch")}, -1, ""},
		{"x", "modf", nil, -1, ""},
	}
	for _, c := range cases {
		e.did = nil
		if got := call(server, c.table, c.function, c.args...); got.Int() != c.want || strings.Join(e.did, "|") != c.did {
			t.Errorf("%s.%s(%v): %d, did %q", c.table, c.function, c.args, got.Int(), e.did)
		}
	}
	if got := strings.Join(s.got, " "); got != "-12 text" {
		t.Errorf("modf gave %q", got)
	}
	if call(server, "x", "exit").Kind() != kemi.KindExit || call(server, "x", "drop").Kind() != kemi.KindExit {
		t.Error("exit and drop must end the route")
	}
}

func TestRPC(t *testing.T) {
	server, e := newServer(t, new(sample))
	registry := rpc.NewRegistry()
	in := server.Registry.Module("app_lua")
	st := in.State.(*state)
	for name, run := range map[string]func(*rpc.Call) error{"list": st.list, "reload": st.reloadScripts, "api": st.apiList} {
		if err := registry.Add(rpc.Command{Name: name, Run: run}); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, params ...rpc.Value) string {
		r, err := registry.Run(context.Background(), name, params)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(r.Values...)
	}
	if got := run("list"); got != "0: [one.lua] 1: [two.lua]" && got != "0: [one.lua]1: [two.lua]" {
		t.Errorf("list: %q", got)
	}
	run("reload")
	run("reload", 1)
	e.err = errors.New("lua: one.lua:3: no luck")
	if got := run("reload", 0); !strings.Contains(got, "500 Reload Failed: one.lua:3: no luck") {
		t.Errorf("reload: %q", got)
	}
	if got := strings.Join(e.did, " "); got != "reload -1 rpc reload 1 rpc reload 0 rpc" {
		t.Errorf("did %q", got)
	}
	r, err := registry.Run(context.Background(), "api", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer := r.Values[0].(*rpc.Struct)
	methods, _ := answer.Get("methods")
	if size, _ := answer.Get("msize"); fmt.Sprint(size) != "9" || methods.(*rpc.List).Len() != 9 {
		t.Errorf("%v functions", size)
	}
}

func TestLimits(t *testing.T) {
	cases := []struct {
		s    state
		want kemi.ScriptLimits
	}{
		{state{}, kemi.ScriptLimits{Time: time.Second, Memory: 1, States: 3}},
		{state{timeLimit: 50, memoryLimit: 2}, kemi.ScriptLimits{Time: 50 * time.Millisecond, Memory: 2 << 20, States: 3}},
		{state{timeLimit: -1, memoryLimit: -1}, kemi.ScriptLimits{States: 3}},
		{state{states: 9, libraries: "string"}, kemi.ScriptLimits{Time: time.Second, Memory: 1, States: 9, Libraries: "string"}},
	}
	for _, c := range cases {
		l := kemi.ScriptLimits{Time: time.Second, Memory: 1, States: 3}
		if c.s.LimitScript(&l); l != c.want {
			t.Errorf("%d ms, %d MiB: got %+v", c.s.timeLimit, c.s.memoryLimit, l)
		}
	}
}
