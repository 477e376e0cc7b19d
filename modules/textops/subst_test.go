package textops

import (
	"testing"

	"github.com/moonroute/moonroute/kemi"
)

func TestSubstitutions(t *testing.T) {
	h := start(t)
	for _, x := range []struct{ text, expression, want string }{ // "-": refused, no match or an error
		{"banana", "/a/o/", "bonana"},
		{"banana", "/A/o/gi", "bonono"},
		{"banana", "/x/o/", "-"},
		{"abc", "#b#B#", "aBc"},
		{"abc", "abaBa", "aBc"},
		{"abc", "/(b)(x)?/[\\0\\1\\2\\9]/", "a[bb]c"},
		{"abc", "/b/\\10/", "a0c"},
		{"x", "/x/\\n\\r\\t\\\\\\/\\$rm\\q/", "\n\r\t\\/$rmq"},
		{"x", "/x/$$/", "$"},
		{"x", "/x/$rm-$(ru{s.len})/", "INVITE-20"},
		{"x", "/x/$avp(none)./", "."},
		{"x", "/x/<\\u>/", "<sip:bob@b.example;ob>"},
		{"x", "/x/$hdr(X-A)$var(a)/", "one0"},
		{"x", "|x|$(rm{re.subst,|I|i|})|", "iNVITE"},
		{"a/b", "/\\//-/", "a-b"},
		{"a/b", "/[/]/-/", "-"},
		{"ab\r\ncd", "/^./X/g", "Xb\r\nXd"},
		{"aaa", "/^a*/X/g", "X"},
		{"abc", "/.*/X/g", "-"},
		{"abc", "/.*/X/", "X"},
		{"abc", "/x*/X/", "-"},
		{"a\nb", "/a.b/X/", "-"},
		{"a\nb", "/a.b/X/s", "X"},
		{"", "/a/b/", "-"},
		{"a", "", "-"}, {"a", "/", "-"}, {"a", "/a", "-"}, {"a", "/a/", "-"}, {"a", "//b/", "-"}, {"a", "/a/b", "-"}, {"a", "/a/b\\", "-"},
		{"a", "\\a\\b\\", "-"}, {"a", "/a/b/ g", "-"}, {"a", "/a/$/", "-"}, {"a", "/a/$nothing/", "-"}, {"a", "/(/b/", "-"},
	} {
		h.Run(plain, func(c *kemi.Ctx) {
			got := "-"
			if do(h, c, "subst_v", x.text, x.expression, "$var(out)") == "1" {
				v, err := h.Registry.Var("$var(out)")
				if err != nil {
					t.Fatal(err)
				}
				got = v.Get(c).Text()
			}
			if got != x.want {
				t.Errorf("%q %q: got %q, want %q", x.text, x.expression, got, x.want)
			}
		})
	}
}

func TestTransformation(t *testing.T) {
	h := start(t)
	h.Run(plain, func(c *kemi.Ctx) {
		for _, x := range []struct {
			variable string
			want     kemi.Value
		}{
			{"$(rm{re.subst,/i/[$rU]/gi})", kemi.Str("[bob]NV[bob]TE")},
			{"$(rm{re.subst,/x/y/})", kemi.Str("INVITE")},
			{"$(rm{re.subst,/x*/y/})", kemi.Null},
			{"$(rm{re.subst,/I{1}/y/})", kemi.Str("yNVITE")},
			{"$(rm{s.strip,9}{re.subst,/x/y/})", kemi.Null},
		} {
			v, err := h.Registry.Var(x.variable)
			if err != nil {
				t.Errorf("%s: %v", x.variable, err)
				continue
			}
			if got := v.Get(c); got != x.want {
				t.Errorf("%s: got %v, want %v", x.variable, got, x.want)
			}
		}
	})
	for _, wrong := range []string{"$(rm{re.subst})", "$(rm{re.subst,/a/})", "$(rm{re.subst,/a/b/x})"} {
		if _, err := h.Registry.Var(wrong); err == nil {
			t.Errorf("%s: no error", wrong)
		}
	}
}

func TestRequestURI(t *testing.T) {
	h := start(t)
	for _, x := range []struct{ uri, function, expression, code, want string }{
		{"sip:bob@b.example;ob", "subst_uri", "/BOB/carol/i", "1", "sip:carol@b.example;ob"},
		{"sip:bob@b.example;ob", "subst_uri", "/o/0/g", "1", "sip:b0b@b.example;0b"},
		{"sip:bob@b.example;ob", "subst_uri", "/x@/y/", "-1", "sip:bob@b.example;ob"},
		{"sip:bob@b.example;ob", "subst_uri", "/.*//", "-1", "sip:bob@b.example;ob"},
		{"sip:bob@b.example;ob", "subst_user", "/^(.*)$/0049\\1/", "1", "sip:0049bob@b.example;ob"},
		{"sip:bob@b.example;ob", "subst_user", "/.*//", "1", "sip:b.example;ob"},
		{"sip:bob@b.example;ob", "subst_user", "/example/x/", "-1", "sip:bob@b.example;ob"},
		{"sip:bob:pw@b.example", "subst_user", "/b/c/g", "1", "sip:coc:pw@b.example"},
		{"sip:b.example", "subst_user", "/.*/x/", "-1", "sip:b.example"},
		{"tel:+123", "subst_user", "/1/9/", "1", "tel:+923"},
		{"nonsense", "subst_user", "/n/9/", "-1", "nonsense"},
	} {
		h.Run(plain, func(c *kemi.Ctx) {
			c.Msg.SetURI(x.uri)
			if got := do(h, c, x.function, x.expression); got != x.code {
				t.Errorf("%s %s: got %s, want %s", x.uri, x.expression, got, x.code)
			}
			if got := c.Msg.CurrentURI(); got != x.want {
				t.Errorf("%s %s: got %s, want %s", x.uri, x.expression, got, x.want)
			}
		})
	}
}

func TestSubstring(t *testing.T) {
	h := start(t)
	for _, x := range []struct {
		text, pattern string
		group, groups int
		code, want    string
	}{
		{"abc123def", "([0-9]+)", 0, 1, "1", "123"},
		{"abc123def", "([a-z]+)([0-9]+)", 2, 3, "1", "123"},
		{"abc123def", "([0-9]+)", 1, 1, "-1", "0"},
		{"abc123def", "([0-9]+)", 5, 9, "-1", "0"},
		{"abc123def", "([0-9]+)(x)?d", 2, 3, "-1", "0"},
		{"abc", "([0-9]+)", -1, 2, "-2", "0"}, {"a1", "([0-9]+)", -1, 2, "1", "0"},
		{"abc", "([0-9]+)", 1, 2, "-2", "0"},
		{"abc", "B", 0, 1, "-2", "0"},
		{"abc", "x*", 0, 1, "-1", "0"},
		{"abc", "(", 0, 1, "-1", "0"},
		{"a\nb", "a.b", 0, 1, "1", "a\nb"},
	} {
		h.Run(plain, func(c *kemi.Ctx) {
			if got := do(h, c, "regex_substring", x.text, x.pattern, x.group, x.groups, "$var(out)"); got != x.code {
				t.Errorf("%q %q: got %s, want %s", x.text, x.pattern, got, x.code)
			}
			v, err := h.Registry.Var("$var(out)")
			if err != nil {
				t.Fatal(err)
			}
			if got := v.Get(c).Text(); got != x.want {
				t.Errorf("%q %q: got %q, want %q", x.text, x.pattern, got, x.want)
			}
			v.Set(c, kemi.Null)
		})
	}
}

// TestExpressionBound checks that expressions that never come again do not stay.
func TestExpressionBound(t *testing.T) {
	h := start(t)
	s := h.Registry.Module("textops").State.(*state)
	h.Run(plain, func(c *kemi.Ctx) {
		for i := range 3 * maxExpressions {
			s.expression(c, "/a/"+kemi.Int(i).Text()+"/")
		}
	})
	if len(s.expressions.seen) > maxExpressions {
		t.Errorf("%d expressions are kept", len(s.expressions.seen))
	}
}

func FuzzExpression(f *testing.F) {
	f.Add("/a(b)/$ru\\1/gi", "abab")
	f.Fuzz(func(t *testing.T, expression, text string) {
		h := start(t)
		s := h.Registry.Module("textops").State.(*state)
		if e, err := s.parse(expression); err == nil {
			h.Run(plain, func(c *kemi.Ctx) { e.apply(c, text) })
		}
	})
}
