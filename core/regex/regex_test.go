package regex

import "testing"

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern string
		flags   Flags
		text    string
		want    string // the match; "-" for none
	}{
		{"a|ab|abc", 0, "xabcd", "abc"},
		{"l+", 0, "hello", "ll"},
		{"B", FoldCase, "abc", "b"},
		{"B", 0, "abc", "-"},
		{"^b.*$", Lines, "a\nbcd\ne", "bcd"},
		{"^b", 0, "a\nb", "-"},
		{"a.b", 0, "a\nb", "a\nb"},
		{"a.b", Lines, "a\nb", "-"},
		{"a[^x]b", Lines, "a\nb", "-"},
		{"a[^x]b", 0, "a\nb", "a\nb"},
		{`[\.]`, 0, `a\b`, `\`},
		{`\.`, 0, "a.b", "."},
		{`\d+`, 0, "12d", "d"},
		{`\w+`, 0, "--ab1--", "ab1"},
		{`\<b`, 0, "ab b", "b"},
		{"[]a]+", 0, "x]a]y", "]a]"},
		{"[^]a]+", 0, "]xy]", "xy"},
		{"[[:digit:]]+", 0, "ab12", "12"},
		{"[a[:digit:]-]+", 0, "x1-a", "1-a"},
		{"a{2}", 0, "aaa", "aa"},
		{"a{,2}b", 0, "aaab", "aab"},
		{"x{2}{3}", 0, "xxxxxxx", "xxxxxx"},
		{"(ab){2}?c", 0, "ababc", "ababc"},
		{"(a|b)+{2}", 0, "ab", "ab"},
		{"(a{2}){2}*b", 0, "b", "b"},
		{"a{,}b", 0, "aab", "aab"},
		{"[[.a.]-[=c=]]+", 0, "xabcd", "abc"},
		{"[[.-.][=]=]]+", 0, "x-]y", "-]"},
		{"a)", 0, "(a)", "a)"},
		{"a+*", 0, "baa", ""},
		{"", 0, "abc", ""},
		{"a*?", 0, "aa", "aa"},
	} {
		re, err := Compile(c.pattern, c.flags)
		if err != nil {
			t.Errorf("%q: %v", c.pattern, err)
			continue
		}
		got := "-"
		if m := re.FindStringIndex(c.text); m != nil {
			got = c.text[m[0]:m[1]]
		}
		if got != c.want {
			t.Errorf("%q in %q: %q, want %q (as %s)", c.pattern, c.text, got, c.want, re)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, pattern := range []string{"(", "[", "[^", "[[:alpha:", `(a)\1`, `a\`, "[[:nope:]]", "[z-a]", "*a", "(?:b)", "a|*b", "^*a", "$?a", `\b{2}`, "a{x",
		"a{", "a{2", "a{}", "a{1,2,3}", "{", "({2})", "[a-c-e]", "[[:alpha:]-z]", "[[.ab.]]", "[[=a"} {
		if _, err := Compile(pattern, 0); err == nil {
			t.Errorf("%q: no error", pattern)
		}
	}
}

func TestCacheBound(t *testing.T) {
	var c Cache
	for i := range 3 * maxCached {
		if _, err := c.Get(string(rune('a'+i%26))+string(rune(0x100+i)), 0); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.seen) > maxCached {
		t.Errorf("%d patterns are kept", len(c.seen))
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(`^(a|[^\]b]{2,3})+\<x$`)
	f.Fuzz(func(_ *testing.T, pattern string) {
		if re, err := Compile(pattern, FoldCase|Lines); err == nil {
			re.MatchString("some text")
		}
	})
}

func BenchmarkCache(b *testing.B) {
	var c Cache
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Get("^sip:[0-9]+@", FoldCase); err != nil {
			b.Fatal(err)
		}
	}
}
