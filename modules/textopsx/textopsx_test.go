package textopsx

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

const request = `MESSAGE sip:bob@x SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
Max-Forwards: 70
From: <sip:a@x>;tag=1
To: <sip:bob@x>
Call-ID: c
CSeq: 1 MESSAGE
X-A: one
X-A: two,three ,  four
x-a:five
X-B: <sip:a,b@c;x=1>;q=0.5;lr, "N, M" <sip:c@d>;q=1
X-C:
Subject: Hello
Content-Type: text/plain
Content-Length: 13

one
two
six`

const reply = `SIP/2.0 486 Busy Here
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
From: <sip:a@x>;tag=1
To: <sip:bob@x>;tag=2
Call-ID: c
CSeq: 1 INVITE
Content-Length: 0

`

func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

func args(list ...any) (vals []kemi.Value) {
	for _, x := range list {
		switch x := x.(type) {
		case int:
			vals = append(vals, kemi.Int(x))
		case string:
			vals = append(vals, kemi.Str(x))
		}
	}
	return vals
}

// change is a call and what it replaces in the message.
type change struct {
	name string
	args []kemi.Value
	want int
	diff []string
}

var changes = []change{
	{"append_hf_value", args("X-A", "v"), 1, []string{"Length: 13\n", "Length: 13\nX-A: v\n"}},
	{"append_hf_value", args("X-A[0]", "v"), 1, []string{"five", "five,v"}},
	{"append_hf_value", args("X-A[3]", "v"), 1, []string{"three ,", "three ,v,"}},
	{"append_hf_value", args("X-A[9]", "v"), 1, []string{"Length: 13\n", "Length: 13\nX-A: v\n"}},
	{"append_hf_value", args("X-C[1]", "v"), 1, []string{"X-C:", "X-C:,v"}},
	{"append_hf_value", args("X-A[*]", "v"), -1, nil},
	{"append_hf_value", args("X-A.p", "v"), -1, nil},
	{"insert_hf_value", args("X-B", "v"), 1, []string{"X-B:", "X-B: v\nX-B:"}},
	{"insert_hf_value", args("X-A[4]", "v"), 1, []string{"three ,", "three ,v,"}},
	{"insert_hf_value", args("X-A[9]", "v"), -1, nil},
	{"insert_hf_value", args("New", "v"), 1, []string{"Length: 13\n", "Length: 13\nNew: v\n"}},
	{"assign_hf_value", args("X-A[-2]", "v"), 1, []string{"four", "v"}},
	{"assign_hf_value", args("X-B[2]", "v"), 1, []string{`"N, M" <sip:c@d>;q=1`, "v"}},
	{"assign_hf_value", args("X-C", "v"), 1, []string{"X-C:", "X-C:v"}},
	{"assign_hf_value", args("X-B[*].q", "v"), 1, []string{"q=0.5", "q=v", "q=1", "q=v"}},
	{"assign_hf_value", args("X-B.lr", "v"), 1, []string{";lr", ";lr=v"}},
	{"assign_hf_value", args("X-B.lr", ""), 1, []string{";lr", ""}},
	{"assign_hf_value", args("X-B.new", "v"), 1, []string{";lr", ";lr;new=v"}},
	{"assign_hf_value", args("Nope", "v"), -1, nil},
	{"assign_hf_value2", args("X-A[2]", "v"), 1, []string{"two,three ,  four", "v"}},
	{"assign_hf_value2", args("X-A[4]", "v"), -1, nil},
	{"assign_hf_value2", args("X-A[1].p", "v"), -1, nil},
	{"remove_hf_value", args("X-A"), 1, []string{"X-A: one\n", ""}},
	{"remove_hf_value", args("X-A[2]"), 1, []string{"two,", ""}},
	{"remove_hf_value", args("X-A[3]"), 1, []string{",three ", ""}},
	{"remove_hf_value", args("X-A[4]"), 1, []string{",  four", ""}},
	{"remove_hf_value", args("X-A[*]"), 1, []string{"X-A: one\n", "", "X-A: two,three ,  four\n", "", "x-a:five\n", ""}},
	{"remove_hf_value", args("X-B[2].q"), 1, []string{";q=1", ""}},
	{"remove_hf_value", args("X-B[2].lr"), -1, nil},
	{"remove_hf_value2", args("X-A[3]", ""), 1, []string{"x-a:five\n", ""}},
	{"hf_value_exists", args("X-A", "THREE"), 1, nil},
	{"hf_value_exists", args("X-A", "thre"), -1, nil},
	{"hf_value_exists", args("X-A", ""), -1, nil},
	{"include_hf_value", args("X-A", "Two"), 1, nil},
	{"include_hf_value", args("X-A", "v"), 1, []string{"one\nX", "one,v\nX"}},
	{"include_hf_value", args("New", "v"), 1, []string{"Length: 13\n", "Length: 13\nNew: v\n"}},
	{"include_hf_value", args("X-A[1]", "v"), -1, nil},
	{"exclude_hf_value", args("X-A", "FIVE"), 1, []string{"x-a:five\n", ""}},
	{"exclude_hf_value", args("X-A", "v"), 1, nil},
	{"keep_hf", nil, -1, []string{optional, ""}},
	{"keep_hf_re", args("^x-|SUBJECT"), -1, nil},
	{"keep_hf_re", args("("), -1, nil},
	{"remove_body", nil, 1, []string{"Length: 13", "Length: 0", "one\ntwo\nsix", ""}},
	{"change_reply_status", args(404, "x"), -1, nil},
}

// optional are the headers that keep_hf takes out.
var optional = request[strings.Index(request, "X-A: one"):strings.Index(request, "Content-Type")]

func TestChanges(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, x := range changes {
		h.Run(crlf(request), func(c *kemi.Ctx) {
			if got := h.Call(c, "textopsx", x.name, x.args...); got != kemi.Int(x.want) {
				t.Errorf("%s(%v): got %v, want %d", x.name, x.args, got, x.want)
			}
			if got, want := c.Msg.Changed(), crlf(strings.NewReplacer(x.diff...).Replace(request)); got != want {
				t.Errorf("%s(%v):\ngot  %q\nwant %q", x.name, x.args, got, want)
			}
		})
	}
}

func TestTargets(t *testing.T) {
	for text, want := range map[string]target{
		"X":         {name: "X"},
		" X [ 2 ]":  {name: "X", given: true, index: 2},
		"X[-1].p":   {name: "X", given: true, index: -1, param: "p"},
		"X[*] .p-1": {name: "X", given: true, all: true, param: "p-1"},
		"X[].p":     {name: "X", given: true, param: "p"},
	} {
		if got, ok := parseTarget(text); !ok || got != want {
			t.Errorf("%q: got %+v, %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "[1]", "X[", "X[x]", "X.", "X.p.q", "X.p ", "X]", "X Y", "X[1]y", "X:"} {
		if got, ok := parseTarget(text); ok {
			t.Errorf("%q: got %+v", text, got)
		}
	}
}

// TestNeighbours removes values whose commas belong together.
func TestNeighbours(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	h.Run(crlf(request), func(c *kemi.Ctx) {
		for _, i := range []int{2, 3, 2} {
			h.Call(c, "textopsx", "remove_hf_value", args(fmt.Sprintf("X-A[%d]", i))...)
		}
		if got := c.Msg.Changed(); !strings.Contains(got, "X-A:   four\r\n") {
			t.Errorf("got %q", got)
		}
	})
}

func TestApply(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	h.Run(crlf(request), func(c *kemi.Ctx) {
		h.Call(c, "textopsx", "append_hf_value", args("New", "v")...)
		c.Call.Kind = route.BranchRoute
		if got := h.Call(c, "textopsx", "msg_apply_changes"); got != no {
			t.Errorf("in a branch route: got %v", got)
		}
		c.Call.Kind = route.RequestRoute
		if got := h.Call(c, "textopsx", "msg_apply_changes"); got != yes || c.Msg.Find("New") == nil {
			t.Errorf("got %v", got)
		}
		if got := h.Call(c, "textopsx", "msg_set_buffer", args("garbage")...); got != zero || c.Msg.Find("New") == nil {
			t.Errorf("garbage: got %v", got)
		}
		if got := h.Call(c, "textopsx", "msg_set_buffer", args(crlf(reply))...); got != yes || c.Msg.Status != 486 {
			t.Errorf("a reply: got %v", got)
		}
	})
}

func TestReplyStatus(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, x := range []struct {
		line string // status line of the reply
		args []kemi.Value
		want string // status line as it leaves; empty: refused
	}{
		{"SIP/2.0 486 Busy Here", args(404, "Gone"), "SIP/2.0 404 Gone"},
		{"SIP/2.0 486 Busy Here", args(404), "SIP/2.0 404 Busy Here"},
		{"SIP/2.0 486", args(500, "Oops"), "SIP/2.0 500 Oops"},
		{"SIP/2.0 486 ", args(500, "Oops"), "SIP/2.0 500 Oops"},
		{"SIP/2.0 486 Busy Here", args(404, ""), ""},
		{"SIP/2.0 486 Busy Here", args(200, "OK"), ""},
		{"SIP/2.0 486 Busy Here", args(700, "X"), ""},
		{"SIP/2.0 200 OK", args(299, "Fine"), "SIP/2.0 299 Fine"},
		{"SIP/2.0 200 OK", args(404, "Gone"), ""},
		{"SIP/2.0 180 Ringing", args(183, "Progress"), "SIP/2.0 183 Progress"},
	} {
		text := crlf(strings.Replace(reply, "SIP/2.0 486 Busy Here", x.line, 1))
		h.Run(text, func(c *kemi.Ctx) {
			name, want := "change_reply_status", yes
			if len(x.args) == 1 {
				name = "change_reply_status_code"
			}
			if x.want == "" {
				x.want, want = x.line, no
			}
			got := h.Call(c, "textopsx", name, x.args...)
			line, _, _ := strings.Cut(c.Msg.Changed(), "\r\n")
			if got != want || line != x.want || want == yes && c.Msg.Status != x.args[0].Int() {
				t.Errorf("%s(%v) on %q: got %v, %q, status %d", name, x.args, x.line, got, line, c.Msg.Status)
			}
		})
	}
}

func TestGlob(t *testing.T) {
	for _, x := range []struct {
		text, pattern string
		want          bool
	}{
		{"sip:alice@example.com", "sip:*@example.com", true}, {"abc", "a?c*", true}, {"abc", "ABC", false}, {"", "*", true},
		{"", "", true}, {"a", "", false}, {"abc", "*b*", true}, {"a/b", "a*b", true}, {"abc", "[!a]bc", false}, {"abc", "[^x]bc", true},
		{"a*c", `a\*c`, true}, {"abc", `a\*c`, false}, {"[", "[", true}, {"a-c", "a[-]c", true}, {"a]c", "a[]]c", true}, {"abc", `abc\`, false},
		{"A1", "[[:upper:]][[:digit:]]", true}, {"aXb", "a[[:nosuch:]]b", false}, {"abc", "[a-", false}, {"é", "?", false},
		{strings.Repeat("a", 2000), strings.Repeat("*a", 500) + "b", false},
	} {
		if got := matchGlob(x.pattern, x.text); got != x.want {
			t.Errorf("%.20q with %.20q: got %t", x.text, x.pattern, got)
		}
	}
}

// FuzzGlob looks for patterns that hang or panic.
func FuzzGlob(f *testing.F) {
	f.Add("[[:alpha:]-z]*?", "abc")
	f.Add(`\`, "[")
	f.Fuzz(func(_ *testing.T, pattern, text string) { matchGlob(pattern, text) })
}

func TestHeaderIterator(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	call := func(c *kemi.Ctx, name string, list ...any) kemi.Value {
		return h.Call(c, "textopsx", "hf_iterator_"+name, args(list...)...)
	}
	h.Run(crlf(reply), func(c *kemi.Ctx) {
		if call(c, "next", "i") != no || call(c, "start", "i") != yes || call(c, "hname", "i") != kemi.Null {
			t.Error("at the start")
		}
		var names []string
		for call(c, "next", "i") == yes {
			names = append(names, call(c, "hname", "i").Text())
			if names[len(names)-1] == "To" {
				call(c, "insert", "i", "A: 1\r\n")
				call(c, "rm", "i")
				call(c, "append", "i", "B: 2\r\n")
			}
		}
		if got := strings.Join(names, " "); got != "Via From To Call-ID CSeq Content-Length" {
			t.Errorf("got %s", got)
		}
		want := crlf(strings.Replace(reply, "To: <sip:bob@x>;tag=2", "A: 1\nB: 2", 1))
		if got := c.Msg.Changed(); got != want {
			t.Errorf("got %q", got)
		}
		if call(c, "prev", "i") != no || call(c, "rm", "i") != no || call(c, "end", "i") != yes || call(c, "next", "i") != yes {
			t.Error("at the end")
		}
		if call(c, "next", "i") != yes || call(c, "prev", "i") != yes || call(c, "hbody", "i") != kemi.Str("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1") {
			t.Error("a step back")
		}
	})
}

func TestLineIterator(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	call := func(c *kemi.Ctx, name string, list ...any) kemi.Value {
		return h.Call(c, "textopsx", "bl_iterator_"+name, args(list...)...)
	}
	h.Run(crlf(request), func(c *kemi.Ctx) {
		call(c, "start", "i")
		for call(c, "next", "i") == yes {
			switch call(c, "value", "i").Text() {
			case "one\r\n":
				call(c, "append", "i", "more\r\n")
			case "two\r\n":
				call(c, "rm", "i")
			case "six":
				call(c, "insert", "i", "five\r\n")
			}
		}
		want := crlf(strings.NewReplacer("one\ntwo\nsix", "one\nmore\nfive\nsix", "Length: 13", "Length: 20").Replace(request))
		if got := c.Msg.Changed(); got != want {
			t.Errorf("got %q", got)
		}
		if call(c, "value", "i") != kemi.Null || call(c, "end", "i") != yes || call(c, "next", "i") != no || call(c, "end", "no") != no {
			t.Error("at the end")
		}
	})
}

// TestWithoutMessage calls everything in an event that has no message.
func TestWithoutMessage(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	h.Run("", func(c *kemi.Ctx) {
		for _, f := range Module.Info().Funcs {
			h.Call(c, "textopsx", f.Name, args("x", "x", "x")[:len(f.Args)]...)
		}
		for _, name := range []string{"$hfitname(x)", "$hfitbody(x)", "$blitval(x)"} {
			if got := c.Server.Registry.FindVar(name).Get(c); !got.IsNull() {
				t.Errorf("%s: got %v", name, got)
			}
		}
	})
}
