package luatest

import "testing"

func TestFits(t *testing.T) {
	for _, c := range []struct {
		expected, actual string
		want             bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"", "", true}, {"*", "", true}, {"*", "anything", true},
		{"a*", "abc", true}, {"*c", "abc", true}, {"a*c", "abc", true}, {"a*c", "ab", false}, {"a*b*c", "a1b2c", true},
		{"a*b*c", "a1c2b", false}, {"ab*ba", "aba", false}, {"<sip:*>", "<sip:bob@x>", true}, {"**", "", true},
	} {
		if got := fits(c.expected, c.actual); got != c.want {
			t.Errorf("fits(%q, %q) is %v", c.expected, c.actual, got)
		}
	}
}

var comparisons = []struct{ name, expected, actual, want string }{
	{"one line differs", "a\nb\nc", "a\nx\nc", "" +
		"  expected                 | actual\n" +
		"  a                        | a\n" +
		"> b                        | x\n" +
		"  ^                        | ^\n" +
		"  c                        | c"},
	{"a line is missing", "a\nb", "a", "" +
		"  expected                 | actual\n" +
		"  a                        | a\n" +
		"> b                        | \n" +
		"  ^                        | ^"},
	{"a line is too much, later ones still stand beside each other", "a\nc", "a\nb\nc", "" +
		"  expected                 | actual\n" +
		"  a                        | a\n" +
		">                          | b\n" +
		"  ^                        | ^\n" +
		"  c                        | c"},
	{"the first difference in a line", "Via: one\nX: ä2", "Via: one\nX: ä3", "" +
		"  expected                 | actual\n" +
		"  Via: one                 | Via: one\n" +
		"> X: ä2                    | X: ä3\n" +
		"      ^                    |     ^"},
	{"nothing was expected", "", "a", "" +
		"  expected                 | actual\n" +
		">                          | a\n" +
		"  ^                        | ^"},
}

func TestSideBySide(t *testing.T) {
	for _, c := range comparisons {
		if got := sideBySide(c.expected, c.actual); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// FuzzSideBySide looks that each line of both texts is shown.
func FuzzSideBySide(f *testing.F) {
	f.Add("a\nb\nc", "a\nc\nd")
	f.Add("*\n\n*", "x")
	f.Fuzz(func(t *testing.T, expected, actual string) {
		left, right := aligned(lines(expected), lines(actual))
		if len(left) != len(right) {
			t.Fatalf("%d and %d lines", len(left), len(right))
		}
		if n := count(left); n < count(lines(expected)) {
			t.Errorf("%d of the expected lines are shown", n)
		}
		if n := count(right); n < count(lines(actual)) {
			t.Errorf("%d of the actual lines are shown", n)
		}
	})
}

func count(list []string) (n int) {
	for _, line := range list {
		if line != "" {
			n++
		}
	}
	return n
}

func TestRawText(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"OPTIONS sip:x SIP/2.0\nVia: a\n", "OPTIONS sip:x SIP/2.0\r\nVia: a\r\nContent-Length: 0\r\n\r\n"},
		{"\nOPTIONS sip:x SIP/2.0\nVia: a\n\nbody", "OPTIONS sip:x SIP/2.0\r\nVia: a\r\nContent-Length: 4\r\n\r\nbody"},
		{"A\r\nl: 0\r\n\r\n", "A\r\nl: 0\r\n\r\n"},
	} {
		if got := rawText(c.text); got != c.want {
			t.Errorf("%q gives %q", c.text, got)
		}
	}
}
