package kemi

import (
	"os"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/route"
)

// noEngine is an engine without a language.
type noEngine struct{ calls []string }

func (*noEngine) Name() string             { return "none" }
func (*noEngine) Open(EngineHost) error    { return nil }
func (*noEngine) Load([]string) error      { return nil }
func (*noEngine) Reload(int, string) error { return nil }
func (*noEngine) Files() []string          { return nil }
func (*noEngine) Has(string) bool          { return true }
func (*noEngine) Version(*Ctx) any         { return nil }
func (*noEngine) Check([]string) []Finding { return nil }
func (*noEngine) Close()                   {}
func (e *noEngine) Run(_ *Ctx, cb route.Callback, _ ...Value) route.Outcome {
	e.calls = append(e.calls, cb.Name)
	return route.Done
}

type sample struct {
	limit   int
	name    string
	entries []string
	started bool
	closed  bool
}

func (s *sample) Start(*Server) error { s.started = true; return nil }
func (s *sample) Close()              { s.closed = true }

func sampleModule(name string) Module {
	return Define(Spec[sample]{
		Name: name, New: func() *sample { return new(sample) },
		Params: Params[sample]{
			IntParam("limit", 7, func(s *sample) *int { return &s.limit }, "a number"),
			StrParam("name", "x", func(s *sample) *string { return &s.name }, "a text"),
			FuncParam("entry", KindStr, "", func(s *sample, v ParamValue) error {
				s.entries = append(s.entries, v.Str)
				return nil
			}, "may be repeated"),
		},
		Funcs: Funcs[sample]{{Name: "double", Args: "n int", Returns: Code, Doc: "doubles",
			Call: func(_ *sample, _ *Ctx, a *Args) Value { return Int(2 * a.Int(0)) }}},
	})
}

func build(t *testing.T, text string, modules ...Module) (*Server, error) {
	t.Helper()
	cfg, err := config.Load("test.cfg", config.Options{ReadFile: func(path string) ([]byte, error) {
		if path != "test.cfg" {
			return nil, os.ErrNotExist
		}
		return []byte("#!KAMAILIO\nlisten=udp:127.0.0.1:0\n" + text), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{Config: cfg, Modules: modules, Engine: new(noEngine)})
}

func TestParametersAreSet(t *testing.T) {
	s, err := build(t, `loadmodule "one.so"
loadmodule "two.so"
modparam("one", "limit", 9)
modparam("one|two", "name", "both")
modparam("two", "entry", "a")
modparam("two", "entry", "b")
`, sampleModule("one"), sampleModule("two"))
	if err != nil {
		t.Fatal(err)
	}
	one, two := s.Registry.Module("one").State.(*sample), s.Registry.Module("two").State.(*sample)
	if one.limit != 9 || two.limit != 7 || one.name != "both" || two.name != "both" || len(two.entries) != 2 {
		t.Errorf("one %+v, two %+v", one, two)
	}
}

func TestBadConfigurations(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"unknown module", "loadmodule \"oen.so\"\n", `test.cfg:3:12: unknown module "oen"`},
		{"hint for a module", "loadmodule \"oen.so\"\n", `did you mean "one"?`},
		{"unknown parameter", "loadmodule \"one.so\"\nmodparam(\"one\", \"limits\", 1)\n", `test.cfg:4:17: module "one" has no parameter "limits"`},
		{"hint for a parameter", "loadmodule \"one.so\"\nmodparam(\"one\", \"limits\", 1)\n", `did you mean "limit"?`},
		{"wrong kind", "loadmodule \"one.so\"\nmodparam(\"one\", \"limit\", \"x\")\n", `takes a number, not "x"`},
		{"wrong kind too", "loadmodule \"one.so\"\nmodparam(\"one\", \"name\", 1)\n", "takes a text, not the number 1"},
		{"not loaded", "modparam(\"one\", \"limit\", 1)\n", `modparam for module "one", which is not loaded`},
	}
	for _, c := range cases {
		_, err := build(t, c.text, sampleModule("one"))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q, got %v", c.name, c.want, err)
		}
	}
}

func TestLifeOfAModule(t *testing.T) {
	s, err := build(t, "loadmodule \"one.so\"\n", sampleModule("one"))
	if err != nil {
		t.Fatal(err)
	}
	state := s.Registry.Module("one").State.(*sample)
	if state.limit != 7 || state.name != "x" || state.started {
		t.Errorf("before the start: %+v", state)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	if !state.started {
		t.Error("Start has not run")
	}
	s.Stop()
	if !state.closed {
		t.Error("Close has not run")
	}
	f := s.Registry.Function("one", "double")
	if got := f.Call(nil, MakeArgs(Int(21))); got.Int() != 42 {
		t.Errorf("got %d", got.Int())
	}
}

func TestWrongTablesPanic(t *testing.T) {
	for _, args := range []string{"x", "x float", "a int, b int, c int, d int, e int, f int, g int"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q was taken", args)
				}
			}()
			Define(Spec[sample]{Name: "x", New: func() *sample { return nil }, Funcs: Funcs[sample]{{Name: "f", Args: args}}})
		}()
	}
}
