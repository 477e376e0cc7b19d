package pcre

import (
	"fmt"
	"testing"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		from          int
		want          string
	}{
		{"b+", "abbc", 0, "[{1 3}]"},
		{"b+", "abbc", 2, "[{2 3}]"},
		{"b+", "abbc", 3, "[]"},
		{"(a)|(b)", "xb", 0, "[{1 2} {-1 -1} {1 2}]"},
		{"(?P<n>é)x", "éx", 0, "[{0 3} {0 2}]"},
		{"^a", "aa", 1, "[]"},
		{"$", "ab", 2, "[{2 2}]"},
		{"", "ab", 3, "[]"},
	} {
		re, err := Compile(c.pattern, 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := re.Find(NewText(c.text), c.from)
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("%q in %q from %d: %v %v, want %s", c.pattern, c.text, c.from, got, err, c.want)
		}
	}
}
