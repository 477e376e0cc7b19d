package kemi

import (
	"fmt"
	"sync/atomic"
	"testing"
)

// varState counts how often a variable was parsed.
type varState struct{ parsed int }

var varModule = Define(Spec[varState]{
	Name: "vars",
	New:  func() *varState { return new(varState) },
	Vars: Vars[varState]{
		{Name: "$", Get: func(*varState, *Ctx, *VarArgs) Value { return Str("$") }},
		{Name: "one", Get: func(*varState, *Ctx, *VarArgs) Value { return Int(1) }},
		{Name: "name", Get: func(*varState, *Ctx, *VarArgs) Value { return Str("dynamic") }},
		{Name: "none", Get: func(*varState, *Ctx, *VarArgs) Value { return Null }},
		{
			Name: "in", Named: true, Index: true, Dynamic: true,
			Parse: func(s *varState, _ *Registry, inner string) (any, error) { s.parsed++; return inner + "!", nil },
			Get: func(_ *varState, c *Ctx, a *VarArgs) Value {
				i, ok := a.Index(c)
				return Str(fmt.Sprintf("%v %v %v %v %v", a.Data, a.HasIndex(), a.IndexAll(), i, ok))
			},
		},
	},
	Trans: Trans[varState]{
		{Name: "x.cat", Args: "a str, b int?", Call: func(_ *varState, _ *Ctx, v Value, a *TranArgs) Value {
			return Str(fmt.Sprint(v.Text(), "|", a.Str(0), "|", a.Int(1), "|", a.Len()))
		}},
		{Name: "x.byte", Args: "b byte", Call: func(_ *varState, _ *Ctx, _ Value, a *TranArgs) Value { return Str(a.Str(0)) }},
		{Name: "x.rest", Args: "r rest", Call: func(_ *varState, _ *Ctx, _ Value, a *TranArgs) Value { return Str(a.Str(0)) }},
	},
})

func varRegistry(t testing.TB) *Registry {
	t.Helper()
	r, err := NewRegistry(varModule)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestVariableSyntax(t *testing.T) {
	r := varRegistry(t)
	for _, c := range []struct{ name, want string }{
		{"$one", "1"},
		{"$(one)", "1"},
		{"$$", "$"},
		{"$in(a)", "a! false false 0 true"},
		{"$(in(a))", "a! false false 0 true"},
		{"$in(a(b)c)", "a(b)c! false false 0 true"},
		{"$(in(a)[-2])", "a! true false -2 true"},
		{"$(in(a)[*])", "a! true true 0 true"},
		{"$(in(a)[$one])", "a! true false 1 true"},
		{"$(in(a)[$name])", "a! true false 0 false"},
		{"$in($name)", "dynamic! false false 0 true"},
		{"$(one{x.cat,a})", "1|a|0|1"},
		{"$(one{x.cat, a b,-7 } {x.CAT,c})", "1|a b|-7|2|c|0|1"},
		{"$(one{x.cat,$name,$one})", "1|dynamic|1|2"},
		{"$(one{x.byte,,})", ","},
		{"$(one{x.byte, })", " "},
		{"$(one{x.rest,/a,{b}/ c})", "/a,{b}/ c"},
	} {
		v, err := r.Var(c.name)
		if err != nil {
			t.Errorf("%v", err)
		} else if got := v.Get(nil).Text(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestInvalidVariables(t *testing.T) {
	r := varRegistry(t)
	for _, name := range []string{
		"", "$", "one", "$nosuch", "$one ", " $one", "$( one)", "$(one )", "$one(x)", "$in", "$in()", "$in(a", "$(in(a)[1)", "$(in(a)[])",
		"$(in(a)[+1])", "$(in(a)[x])", "$(one[1])", "$in($nosuch)", "$(one{x.cat})", "$(one{x.cat,a,b})", "$(one{x.cat,a,1,2})", "$(one{X.cat,a})",
		"$(one{x.nosuch})", "$(one{x.cat,a}", "$(one{x.cat,a)", "$(one{ x.cat,a})", "$(one{x})", "$(one{})", "$(one{x.byte,})", "$one$one",
	} {
		if v, err := r.Var(name); err == nil {
			t.Errorf("%q is taken as %v", name, v)
		}
	}
}

func TestFormat(t *testing.T) {
	r := varRegistry(t)
	for _, c := range []struct{ text, want string }{
		{"", ""}, {"plain", "plain"}, {"$one", "1"}, {"$none", "<null>"}, {"a$one-$(name)b$$", "a1-dynamicb$"}, {"$in(x)[1]", "x! false false 0 true[1]"},
	} {
		f, err := r.Format(c.text)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if got := f.Text(nil); got != c.want {
			t.Errorf("%s: got %q, want %q", c.text, got, c.want)
		}
		if got := string(f.Append(nil, nil)); got != c.want {
			t.Errorf("%s: appended %q, want %q", c.text, got, c.want)
		}
	}
	for _, text := range []string{"$", "a$", "$ ", "$nosuch", "$one.", "x$(one"} {
		if _, err := r.Format(text); err == nil {
			t.Errorf("%q is taken as a format", text)
		}
	}
}

func TestReadOnlyVariable(t *testing.T) {
	v, err := varRegistry(t).Var("$one")
	if err != nil {
		t.Fatal(err)
	}
	if !v.Set(nil, Str("x")) || v.Writable() {
		t.Error("writing a read-only variable must do nothing and succeed")
	}
}

func TestCompilesOnce(t *testing.T) {
	r := varRegistry(t)
	for range 10 {
		if _, err := r.Var("$in(a)"); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.Module("vars").State.(*varState).parsed; n != 1 {
		t.Errorf("parsed %d times", n)
	}
}

func TestCacheIsBounded(t *testing.T) {
	var c cache[int]
	c.init()
	for i := range 10 * maxCached {
		c.get(fmt.Sprint(i), func(string) int { return i })
		if n := len(*c.settled.Load()) + len(c.fresh); n > 4*maxCached {
			t.Fatalf("%d entries after %d texts", n, i)
		}
	}
	c.get("kept", func(string) int { return 1 })
	if got := c.get("kept", func(string) int { return 2 }); got != 1 {
		t.Error("the last entry is gone")
	}
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]int{"": 0, "12": 12, "12ab": 12, "-12": -12, "+7": 7, " 1": 0, "0x1F": 0, "99999999999": 1<<31 - 1, "-": 0} {
		if got := Str(text).Number(); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
	if StrNum("udp", 1).Number() != 1 || Int(-3).Number() != -3 || Null.Number() != 0 {
		t.Error("numbers of other values")
	}
}

// TestBadURIsAreCounted each time that somebody needs one.
func TestBadURIsAreCounted(t *testing.T) {
	sh := &Shard{badURIs: new(atomic.Uint64)}
	for i, uri := range []string{"foo:bar", "foo:bar", "sip:a@b", "sip:"} {
		_, err := sh.ParseURI(uri)
		if n, want := sh.badURIs.Load(), uint64([]int{1, 2, 2, 3}[i]); n != want {
			t.Errorf("%s: %d, want %d (%v)", uri, n, want, err)
		}
	}
}
