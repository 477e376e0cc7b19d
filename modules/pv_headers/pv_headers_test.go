package pv_headers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/pv"
	"github.com/moonroute/moonroute/modules/pv_headers"
	"github.com/moonroute/moonroute/modules/tm"
)

const request = "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n" +
	"From: \"Alice\" <sip:alice@atlanta.example:5070;x=y>;tag=a\r\nTo: <sip:bob@example.com>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n" +
	"Subject:  Tea\r\nX-Custom: one\r\nX-custom: two\r\nX-List: a, \"b, c\",,d\r\nSupported: replaces, timer, path\r\nContent-Length: 0\r\n\r\n"

const reply = "SIP/2.0 486 Busy Here\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n" +
	"From: <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>;tag=b\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\nServer: desk\r\n\r\n"

const manual = "modparam(\"pv_headers\", \"auto_msg\", 0)\nmodparam(\"pv_headers\", \"split_headers\", \"x-list, nope\")\n"

// line runs "$x_hdr(A)" to read, "$x_hdr(A) = text" to write, "$x_hdr(A) = null" to unset, or "pvh_check_header A".
func line(t *testing.T, h *kemitest.Host, c *kemi.Ctx, text string) string {
	t.Helper()
	name, value, write := strings.Cut(text, " = ")
	if name[0] != '$' {
		return show(call(h, c, text))
	}
	v, err := c.Server.Registry.Var(name)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case !write:
		return show(v.Get(c))
	case value == "null":
		return fmt.Sprint(v.Set(c, kemi.Null))
	}
	return fmt.Sprint(v.Set(c, kemi.Str(value)))
}

func call(h *kemitest.Host, c *kemi.Ctx, text string) kemi.Value {
	words := strings.Split(text, " ")
	var args []kemi.Value
	for _, w := range words[1:] {
		v := kemi.Str(strings.Trim(w, "'"))
		if n := v.Number(); kemi.Int(n).Text() == w {
			v = kemi.Int(n)
		}
		args = append(args, v)
	}
	return h.Call(c, "pv_headers", words[0], args...)
}

func show(v kemi.Value) string {
	if v.IsNull() {
		return "nil"
	}
	return v.Text()
}

// steps runs lines "what -> result".
func steps(t *testing.T, h *kemitest.Host, c *kemi.Ctx, lines string) {
	t.Helper()
	for l := range strings.Lines(lines) {
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		what, want, _ := strings.Cut(l, " -> ")
		if got := line(t, h, c, what); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
}

// TestSteps has results of the incumbent.
func TestSteps(t *testing.T) {
	h := kemitest.Start(t, manual, pv.Module, pv_headers.Module)
	for name, lines := range map[string]string{
		"not collected": `
			$x_hdr(Subject) -> nil
			$x_hdr(X-A) = 1 -> false
			$x_fu -> nil
			$x_fu = sip:a@b -> false
			pvh_check_header Subject -> -1
			pvh_apply_headers -> -1
			pvh_remove_header X -1 -> 1
			pvh_remove_header_param X a -> 1
			pvh_header_param_exists X a -> -1
			pvh_modify_header Z v 5 -> 1
			$x_hdr(Z) -> v
			pvh_apply_headers -> 1`,
		"reading": `
			pvh_collect_headers -> 1
			pvh_collect_headers -> -1
			$x_hdr(subject) -> Tea
			$x_hdr(X-Custom) -> one
			$(x_hdr(X-Custom)[1]) -> two
			$(x_hdr(X-Custom)[-1]) -> two
			$(x_hdr(X-Custom)[*]) -> one
			$(x_hdr(X-Custom)[2]) -> nil
			$(x_hdr(X-Custom)[-3]) -> nil
			$(x_hdr(X-List)[1]) ->  "b, c"
			$(x_hdr(X-List)[2]) -> d
			$xavi(headers=>Subject) -> Tea
			$xavi(headers=>X-Custom[1]) -> two
			$xavi(modparam_pv_headers=>xavi_name) -> headers
			pvh_check_header From -> 1
			pvh_check_header Nope -> -1
			pvh_reset_headers -> 1
			$x_hdr(Subject) -> nil
			pvh_collect_headers -> 1`,
		"writing": `
			pvh_collect_headers -> 1
			$x_hdr(X-Custom) = third -> true
			$(x_hdr(X-Custom)[2]) -> third
			$(x_hdr(X-Custom)[0]) = zero -> true
			$x_hdr(X-Custom) -> zero
			$(x_hdr(X-Custom)[7]) = x -> false
			$(x_hdr(X-Custom)[-1]) = last -> true
			$(x_hdr(X-Custom)[2]) -> last
			$(x_hdr(X-Custom)[-9]) = x -> false
			$x_hdr(X-Custom) = null -> true
			$x_hdr(X-Custom) -> nil
			$(x_hdr(X-Custom)[1]) -> two
			pvh_check_header X-Custom -> 1
			$(x_hdr(X-Custom)[*]) = only -> true
			$x_hdr(X-Custom) -> only
			$(x_hdr(X-Custom)[1]) -> nil
			$(x_hdr(X-Custom)[*]) = null -> true
			$x_hdr(X-Custom) -> nil
			$x_hdr(Nope) = null -> true
			pvh_check_header Nope -> 1
			$(x_hdr(New)[3]) = n -> true
			$x_hdr(New) -> n
			$x_hdr(Fmt) = u=$rU -> true
			$x_hdr(Fmt) -> u=bob
			$x_hdr(Fmt) = $nosuch -> false
			pvh_append_header Fmt u=$rU -> 1
			$(x_hdr(Fmt)[1]) -> u=$rU`,
		"removing": `
			pvh_collect_headers -> 1
			pvh_remove_header X-Custom 0 -> 1
			$x_hdr(X-Custom) -> nil
			$(x_hdr(X-Custom)[1]) -> two
			pvh_remove_header X-Custom 5 -> -1
			pvh_remove_header X-Custom -3 -> -1
			pvh_remove_header X-Custom -2 -> 1
			$(x_hdr(X-Custom)[1]) -> nil
			pvh_modify_header X-Custom m 5 -> -1
			pvh_modify_header X-Custom m -1 -> 1
			$(x_hdr(X-Custom)[1]) -> m
			pvh_append_header '' x -> 1
			pvh_check_header '' -> -1`,
		"words": `
			pvh_collect_headers -> 1
			pvh_header_param_exists Supported path -> 1
			pvh_header_param_exists Supported ath -> 1
			pvh_header_param_exists Supported PATH -> -1
			pvh_header_param_exists X-Custom two -> 1
			pvh_remove_header_param Supported PATH -> 1
			$x_hdr(Supported) -> replaces, timer
			pvh_remove_header_param Supported eplaces -> 1
			$x_hdr(Supported) -> replaces, timer
			pvh_remove_header_param Supported re -> 1
			$x_hdr(Supported) -> timer
			pvh_remove_header_param Supported timer -> 1
			$x_hdr(Supported) -> nil
			pvh_header_param_exists Supported '' -> -1`,
		"From": `
			pvh_collect_headers -> 1
			$x_fu -> sip:alice@atlanta.example:5070;x=y
			$x_fU -> alice
			$x_fd -> atlanta.example
			$x_fn -> "Alice"
			$x_ft -> a
			$x_tn -> nil
			$x_tt -> nil
			$x_fd = dom -> true
			$x_hdr(From) -> "Alice" <sip:alice@dom:5070;x=y>;tag=a
			$x_fU = u -> true
			$x_fn = Name -> true
			$x_hdr(From) -> Name <sip:u@dom:5070;x=y>;tag=a
			$x_fu = sip:n@h -> true
			$x_hdr(From) -> Name <sip:n@h>;tag=a
			$x_fu = bad -> false
			$x_fU = n@h -> false
			$x_fU = null -> false
			$x_hdr(From) -> Name <sip:n@h>;tag=a
			$x_fu = <sip:x@y>;tag=1 -> true
			$x_hdr(From) -> <sip:x@y>;tag=1
			$x_ft -> 1
			$x_ft = q -> true
			$x_ft -> 1
			$fu -> sip:alice@atlanta.example:5070;x=y`,
		"reply only": `
			pvh_collect_headers -> 1
			$x_rs -> nil
			$x_rs = 404 -> false
			$x_rr -> nil
			$x_rr = x -> false`,
	} {
		t.Run(name, func(t *testing.T) {
			h.Run(request, func(c *kemi.Ctx) { steps(t, h, c, lines) })
		})
	}
}

// sent is the message as it leaves, without its body.
func sent(c *kemi.Ctx) string {
	o := &route.Outgoing{Flow: c.Msg.Flow, Branch: "z9hG4bKx"}
	if c.Msg.IsRequest {
		return string(route.AppendRequest(nil, c.Msg, o))
	}
	return string(route.AppendReply(nil, c.Msg, o))
}

// between is the lines of a message from one header to another one.
func between(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return strings.ReplaceAll(text, "\r\n", "|")
}

func TestApply(t *testing.T) {
	h := kemitest.Start(t, manual, pv.Module, pv_headers.Module)
	for _, tc := range []struct{ steps, want string }{
		{"", "|Subject: Tea|X-Custom: one|X-custom: two|X-List: a|X-List:  \"b, c\"|X-List: d|Supported: replaces, timer, path|Content-Length: 0||"},
		{"$x_hdr(X-New) = v -> true", "|Subject: Tea|X-Custom: one|X-custom: two|X-List: a|X-List:  \"b, c\"|X-List: d|Supported: replaces, timer, path|Content-Length: 0|X-New: v||"},
		{"pvh_remove_header X-Custom 0 -> 1\npvh_append_header x-CUSTOM three -> 1\n$(x_hdr(x-list)[*]) = l -> true", "|Subject: Tea|X-custom: two|x-CUSTOM: three|x-list: l|Supported: replaces, timer, path|Content-Length: 0||"},
		{"$x_hdr(Content-Length) = 5 -> true\npvh_remove_header Subject -1 -> 1\n$(x_hdr(X-List)[*]) = null -> true\n$x_fU = u -> true", "|X-Custom: one|X-custom: two|Supported: replaces, timer, path|Content-Length: 0||"},
		{"pvh_modify_header Subject NULL 0 -> 1\npvh_append_header '' x -> 1\n$(x_hdr(X-List)[*]) = null -> true", "|X-Custom: one|X-custom: two|Supported: replaces, timer, path|Content-Length: 0||"},
	} {
		h.Run(request, func(c *kemi.Ctx) {
			steps(t, h, c, "pvh_collect_headers -> 1\n"+tc.steps+"\npvh_apply_headers -> 1\npvh_apply_headers -> -1")
			if got := between(sent(c), "CSeq: 1 INVITE", "no end"); got != tc.want {
				t.Errorf("%s:\n%s\nwant\n%s", tc.steps, got, tc.want)
			}
		})
	}
}

func TestReply(t *testing.T) {
	h := kemitest.Start(t, manual, pv.Module, pv_headers.Module)
	h.Run(reply, func(c *kemi.Ctx) {
		steps(t, h, c, `
			pvh_collect_headers -> 1
			$x_rs -> 486
			$x_rr -> Busy Here
			$x_hdr(Server) -> desk
			$xavi(headers.r.0=>Server) -> desk
			$x_rs = 200 -> false
			$x_rs = 700 -> false
			$x_rs = x -> false
			$x_rs = 404 -> true
			$x_rs -> 404
			$x_rr = Not $x_rs -> true
			$x_rr -> Not 404
			$x_hdr(Server) = more -> true
			$x_tU = carol -> true
			pvh_apply_headers -> 1`)
		got := sent(c)
		if !strings.HasPrefix(got, "SIP/2.0 404 Not 404\r\n") || between(got, "CSeq: 1 INVITE", "no end") != "|Server: desk|Server: more||" || !strings.Contains(got, "To: <sip:bob@") {
			t.Error(got)
		}
	})
}

// TestManyReplies checks that the replies of a transaction do not pile up in its tree.
func TestManyReplies(t *testing.T) {
	h := kemitest.Start(t, manual, pv.Module, pv_headers.Module)
	vars := new(route.Vars)
	for range 5 {
		h.Run(reply, func(c *kemi.Ctx) {
			c.Msg.Vars = vars
			steps(t, h, c, "pvh_collect_headers -> 1\n$x_hdr(Server) -> desk")
			c.Msg.Vars = new(route.Vars) // the transaction is known now
			steps(t, h, c, "$x_hdr(Server) -> desk\npvh_collect_headers -> -1")
		})
	}
	if n := len(vars.XAVI.List()); n != 2 { // the last reply and the module's own
		t.Errorf("%d roots", n)
	}
}

// TestAuto checks that changes are applied at once, each branch has its own, and untouched messages stay as they are.
func TestAuto(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, tm.Module, pv_headers.Module)
	h.Run(request, func(c *kemi.Ctx) {
		if got := sent(c); !strings.Contains(got, "Subject:  Tea\r\n") {
			t.Error(got)
		}
		steps(t, h, c, `
			$x_hdr(X-Custom) -> one
			pvh_collect_headers -> -1
			$x_hdr(New) = 1 -> true
			$(x_hdr(New)[0]) = 2 -> true
			$x_hdr(New) = 3 -> true`)
		if got := between(sent(c), "Content-Length: 0", "no end"); got != "|New: 2|New: 3||" {
			t.Error(got)
		}
		edits := c.Msg.Edits.Clone()
		branch := *c.Call
		branch.Kind, branch.Branch = route.BranchRoute, 1
		inBranch := *c
		inBranch.Call = &branch
		steps(t, h, &inBranch, "$x_hdr(New) -> 2\n$(x_hdr(New)[*]) = b -> true\n$x_hdr(New) -> b\n$xavi(headers.1=>New) -> b")
		if got := between(sent(c), "Content-Length: 0", "no end"); got != "|New: b||" {
			t.Error(got)
		}
		c.Msg.Edits = edits
		steps(t, h, c, "$x_hdr(New) -> 2\npvh_reset_headers -> 1\n$x_hdr(New) -> nil\npvh_collect_headers -> 1\n$x_hdr(X-Custom) -> one")
	})
}

// TestUAC checks that From goes through the uac module, once for each value.
func TestUAC(t *testing.T) {
	type state struct{}
	var calls []string
	replace := func(_ *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value {
		calls = append(calls, a.Str(0)+" "+a.Str(1))
		return kemi.Int(1)
	}
	uac := kemi.Define(kemi.Spec[state]{Name: "uac", New: func() *state { return new(state) }, Funcs: kemi.Funcs[state]{
		{Name: "uac_replace_from", Args: "display str, uri str", Returns: kemi.Code, Call: replace},
		{Name: "uac_replace_to", Args: "display str, uri str", Returns: kemi.Code, Call: replace},
	}})
	h := kemitest.Start(t, "", pv.Module, tm.Module, uac, pv_headers.Module)
	h.Run(request, func(c *kemi.Ctx) {
		steps(t, h, c, "$x_hdr(A) = 1 -> true\n$x_fU = carol -> true\n$x_hdr(A) = 2 -> true\n$x_tu = sip:t@t -> true\n$x_fu = <sip:x@y> -> true")
		if got := strings.Join(calls, "|"); got != "\"Alice\" sip:carol@atlanta.example:5070;x=y| sip:t@t| sip:x@y" {
			t.Error(got)
		}
		if got := between(sent(c), "From: ", "To: "); got != "<sip:alice@atlanta.example:5070;x=y>;tag=a|" {
			t.Error(got)
		}
	})
}

func TestWithoutMessage(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, pv_headers.Module)
	h.Run("", func(c *kemi.Ctx) {
		steps(t, h, c, "pvh_collect_headers -> -1\n$x_hdr(A) -> nil\n$x_hdr(A) = 1 -> false\n$x_fu -> nil\n$x_rs -> nil\n$x_rr = 1 -> false")
	})
}
