package pcre

import (
	"errors"
	"strings"
	"testing"
)

// TestMatch has a text that matches before the bar and one that does not behind it.
func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern string
		flags   Flags
		yes, no string // texts parted by bars; an empty list has none
	}{
		{"", 0, "|abc", "-"},
		{"^alice", 0, "alice@x", "xalice|Alice"},
		{"ALICE", FoldCase, "alice|aLiCe", "bob"},
		{"(?i)ALICE", 0, "alice", "bob"},
		{"a(?i)b", 0, "ab|aB", "Ab|AB"},
		{"a(?:(?i)b|c)d", 0, "aBd|aCd", "aBD"},
		{"(?i:a)b", 0, "Ab", "AB"},
		{"(?i)a(?-i)b", 0, "Ab", "AB"},
		{`\d+`, 0, "+491234", "abc"},
		{`^\w+\s\S$`, 0, "ab_1 x|a\vx", "a x y"},
		{`^[\w.-]+$`, 0, "a.b-c", "a b"},
		{"a{3}", 0, "aaa|aaaa", "aa"},
		{"^a{2,3}$", 0, "aa|aaa", "a|aaaa"},
		{"^a{2,}$", 0, "aa|aaaaa", "a"},
		{"^a{,3}$", 0, "a{,3}", "aaa"},
		{"^a{x}$", 0, "a{x}", "a"},
		{"^$", 0, "|\n", "a"},
		{".", 0, "a", "|\n"},
		{".", DotAll, "a|\n", "-"},
		{"a.b", 0, "axb", "a\nb"},
		{"(?s)a.b", 0, "a\nb", "ab"},
		{"a$", 0, "a|a\n", "a\nb"},
		{`a\z`, 0, "a", "a\n"},
		{`a\Z`, 0, "a|a\n", "a\nb"},
		{"^b$", MultiLine, "a\nb\nc", "ab"},
		{"(?m)^line2$", 0, "line1\nline2", "aaa|line22"},
		{`^a\A`, 0, "-", "a|aa"},
		{`\bfoo\b`, 0, "a foo b|foo", "food|afoo"},
		{`\Bb`, 0, "xb", "b|x b"},
		{"(?<=@)x", 0, "alice@x", "x|alicex"},
		{"(?<!@)x", 0, "x|ax", "@x"},
		{"(?<=a|bc)x", 0, "ax|bcx", "cx|x"},
		{"^sip:(?!bob)", 0, "sip:alice", "sip:bob"},
		{"^(?=.*b)(?=.*c)a", 0, "abc|acb", "ab|ac"},
		{`(a)(b)?\1`, 0, "aa|aba", "alice@x|ab"},
		{`^(ab)\1$`, 0, "abab", "abba"},
		{`(?<x>a)\k<x>`, 0, "aa", "abc"},
		{`(?P<x>a)(?P=x)`, 0, "aa", "a"},
		{`(?'x'a)\k'x'\k{x}\g{x}\g1\g{1}`, 0, "aaaaaa", "aaaaa"},
		{`(a)\g{-1}`, 0, "aa", "ab"},
		{`(?i)(a)\1`, 0, "aA", "ab"},
		{`(a)|b\1`, 0, "a", "b"},
		{`(?:(a)|b)*\1c`, 0, "abac|aac", "bc"},
		{"(?>a*)ab", 0, "-", "aab|aaab"},
		{"a++b", 0, "aab", "aac"},
		{"a++a", 0, "-", "aaa"},
		{"(?>a|ab)c", 0, "ac", "abc"},
		{"(?x) f o # comment\n o", 0, "foo", "f o o"},
		{"f o o", Extended, "foo", "f o o"},
		{`f\ o[ ]o`, Extended, "f o o", "foo"},
		{"a(?#comment)c", 0, "ac", "abc"},
		{`^\Qa+(b\E+$`, 0, "a+(b|a+(bbb", "aab"},
		{"[]a]+$", 0, "]a]", "b"},
		{"^[^]a]$", 0, "b", "]|a"},
		{`[\^]`, 0, "^", "a"},
		{"[a-]", 0, "-|a", "b"},
		{`[a-\d]`, 0, "-|a|5", "b"},
		{"[[:alpha:][:digit:]]", 0, "a|5", "-"},
		{"[[:^alpha:]]", 0, "5", "a"},
		{"[[:a]", 0, "a|[|:", "b"},
		{`[\x41-C\102]`, 0, "A|B|C", "D"},
		{"[A-C]", FoldCase, "a|B", "d"},
		{"[^A-C]", FoldCase, "d", "a|B"},
		{`\x41\x{42}\103\cA\t\e\.`, 0, "ABC\x01\t\x1b.", "ABC"},
		{`a\010|\0`, 0, "a\b|\x00", "a"},
		{`^\R$`, 0, "\r\n|\n|\r", "a"},
		{`^\N\h\H\V\v$`, 0, "a\tbc\n", "a\t\tc\n"},
		{`a\Kb`, 0, "ab", "b"},
		{`^\p{L}\P{Lu}\pN$`, 0, "aa1", "aA1|1a1"},
		{"^..$", 0, "ä", "a"},
		{"^ä$", 0, "ä", "ö"},
		{"(?U)a+b", 0, "aab", "b"},
		{"(a*)*b", 0, "aaab|b", "aaa"},
		{"(a*?)+$", 0, "aaa", "-"},
		{"(a|b*)*c", 0, "abbac|c", "abba"},
		{"(?:)*x", 0, "x", "y"},
		{"(|a)+b", 0, "b|aab", "a"},
		{`(?:(?=a)|b)*a`, 0, "bba", "bb"},
		{"((?i)abc)|(def)", 0, "ABC|def", "DEF"},
		{"a||b", 0, "|x", "-"},
		{`(?<x>a)(b)\1\2`, 0, "abab", "abba"},
		{`a{2}{3}$`, 0, "aaaaaa", "aaaaa"},
		{`(?m)x^$`, 0, "-", "x\n"},
		{`[\xe4-\xff]$`, 0, "\xe4|\xff", "\xe3|\xfe "},
		{"(?i)\xe4", 0, "\xe4", "\xc4"},
		{`^\W$`, 0, "\xe4|-", "a"},
		{"(?x)a#(\n[b]", 0, "ab", "a"},
		{"(?<=a*)x", 0, "x|aax", "a"},
	} {
		re, err := Compile(c.pattern, c.flags)
		if err != nil {
			t.Errorf("%q: %v", c.pattern, err)
			continue
		}
		check(t, re, c.yes, true)
		check(t, re, c.no, false)
	}
}

// check matches each of a list of texts; a list of one hyphen is empty.
func check(t *testing.T, re *Regexp, texts string, want bool) {
	t.Helper()
	if texts == "-" {
		return
	}
	for text := range strings.SplitSeq(texts, "|") {
		if got, err := re.Match(text); got != want || err != nil {
			t.Errorf("%q on %q: %v, %v", re, text, got, err)
		}
	}
}

func TestErrors(t *testing.T) {
	for pattern, want := range map[string]string{
		"[":                      "missing terminating ]",
		"[a":                     "missing terminating ]",
		"[a-":                    "missing terminating ]",
		`[\`:                     "end of pattern",
		"(":                      "missing closing )",
		"(?i":                    "missing )",
		")":                      "unmatched closing",
		"a{2,1}":                 "invalid repeat count",
		"a{70000}":               "too big",
		"*x":                     "nothing to repeat",
		"a|+":                    "nothing to repeat",
		`\`:                      "end of pattern",
		"[z-a]":                  "out of order",
		"[[:foo:]]":              "POSIX class",
		`\1`:                     "undefined group",
		`(a)\2`:                  "undefined group",
		`\k<x>`:                  "does not exist",
		`(?<x>a)(?<x>b)`:         "same name",
		"(?<1>a)":                "bad name",
		`\p{Klingon}`:            "unknown unicode",
		`\x{100}`:                "not the code of a byte",
		"(?R)":                   "not supported",
		"(?1)":                   "not supported",
		"(a)(?(1)b)":             "not supported",
		"(*UTF8)a":               "verbs",
		"(?|a)":                  "not supported",
		"(?Z)":                   "not supported",
		`\X`:                     "not supported",
		strings.Repeat("(", 300): "too deep",
	} {
		_, err := Compile(pattern, 0)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", pattern, err, want)
		}
	}
}

// TestBounds checks that no pattern can stop the server.
func TestBounds(t *testing.T) {
	re, err := Compile("(x+x+)+y", 0)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := re.Match(strings.Repeat("x", 200)); found || !errors.Is(err, ErrTooMuchWork) {
		t.Errorf("%v, %v", found, err)
	}
}

// FuzzMatch checks that nothing panics, whatever the bytes, and that a pattern says the same again.
func FuzzMatch(f *testing.F) {
	for _, seed := range []string{`^(a|[^\]b]{2,3})+\bx$`, `(?<=ab|c)(?i)\Q.\E(?>a*)\1()`, `(?x) a # b`, `\p{L}\x{41}[[:alpha:]\d-z]`} {
		f.Add(seed, "some ab text")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 60 || len(text) > 60 {
			return
		}
		re, err := Compile(pattern, 0)
		if err != nil {
			return
		}
		first, err := re.Match(text)
		if err != nil {
			return // it took too long; how long it takes may differ
		}
		if again, err := re.Match(text); err == nil && first != again {
			t.Errorf("%q on %q: %v, then %v", pattern, text, first, again)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	for name, pattern := range map[string]string{"words": "(?i)friendly-?scanner|sipvicious|sundayddr", "number": `^\+49[1-9][0-9]{3,}$`, "look": "^sip:(?!bob)[^@]+@"} {
		b.Run(name, func(b *testing.B) {
			re, err := Compile(pattern, 0)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := re.Match("Wonderland/2.1 (looking-glass) by friends"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
