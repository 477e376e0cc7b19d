package stat

import (
	"fmt"
	"testing"
)

func testRegistry(t *testing.T) *Registry {
	t.Helper()
	r := NewRegistry()
	for i, name := range []string{"rcv_requests", "rcv_replies"} {
		c, err := r.Counter("core", name)
		if err != nil {
			t.Fatal(err)
		}
		c.Add(int64(i + 1))
	}
	for _, group := range []string{"shmem", "pkmem"} {
		if err := r.Add(group, "free_size", Func(func() int64 { return 42 })); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestSelect(t *testing.T) {
	r := testRegistry(t)
	for what, want := range map[string]string{
		"all":               "core:rcv_replies=2 core:rcv_requests=1 pkmem:free_size=42 shmem:free_size=42",
		"core:":             "core:rcv_replies=2 core:rcv_requests=1",
		"core:rcv_requests": "core:rcv_requests=1",
		"rcv_requests":      "core:rcv_requests=1",
		"free_size":         "pkmem:free_size=42",
		"shmem:free_size":   "shmem:free_size=42",
		"none:":             "",
		"core:none":         "",
		"core":              "",
		"":                  "",
		":":                 "",
	} {
		got := ""
		for i, e := range r.Select(what) {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprintf("%s=%d", e, e.Value())
		}
		if got != want {
			t.Errorf("Select(%q) = %q, want %q", what, got, want)
		}
	}
}

func TestGroups(t *testing.T) {
	if got := fmt.Sprint(testRegistry(t).Groups()); got != "[core pkmem shmem]" {
		t.Errorf("Groups() = %s", got)
	}
}

func TestReset(t *testing.T) {
	r := testRegistry(t)
	for _, e := range r.All() {
		e.Reset()
	}
	if e, _ := r.Get("core", "rcv_replies"); e.Value() != 0 {
		t.Errorf("a counter keeps %d after Reset", e.Value())
	}
	if e, _ := r.Get("shmem", "free_size"); e.Value() != 42 {
		t.Errorf("a computed value became %d by Reset", e.Value())
	}
}

func TestSince(t *testing.T) {
	count := int64(5)
	s := NewSince(func() int64 { return count })
	if s.Value() != 5 {
		t.Errorf("before the reset it is %d", s.Value())
	}
	s.Reset()
	count = 7
	if s.Value() != 2 {
		t.Errorf("two steps after the reset it is %d", s.Value())
	}
}

func TestAddRefuses(t *testing.T) {
	r := testRegistry(t)
	for _, name := range [][2]string{{"core", "rcv_replies"}, {"", "a"}, {"a", ""}, {"a:b", "c"}, {"a", "b c"}} {
		if err := r.Add(name[0], name[1], &Counter{}); err == nil {
			t.Errorf("Add(%q, %q) has no error", name[0], name[1])
		}
	}
}

func BenchmarkCounter(b *testing.B) {
	var c Counter
	b.ReportAllocs()
	for b.Loop() {
		c.Inc()
	}
}
