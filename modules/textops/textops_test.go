package textops

import (
	"slices"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/corepv"
	"github.com/moonroute/moonroute/modules/pv"
)

// lines makes a text of lines that end with CRLF.
func lines(list ...string) string { return strings.Join(list, "\r\n") + "\r\n" }

// invite is a message with a body of a type; an empty type has no Content-Type.
func invite(kind, body string, headers ...string) string {
	list := append([]string{
		"INVITE sip:bob@b.example;ob SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1",
		"From: Alice <sip:alice@a.example>;tag=1", "To: <sip:bob@b.example>", "Call-ID: one", "CSeq: 1 INVITE",
	}, headers...)
	if kind != "" {
		list = append(list, "Content-Type: "+kind)
	}
	return lines(append(list, "Content-Length: "+kemi.Int(len(body)).Text(), "")...) + body
}

const sdp = "v=0\r\ns=Tea party\r\nm=audio 4000 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"

var plain = invite("application/sdp", sdp, "Subject: Tea", "X-A: one", "X-B: Abc  ", "x-a:two", "Privacy: id; Header", "k: timer")

func start(t testing.TB) *kemitest.Host {
	t.Helper()
	return kemitest.Start(t, "", corepv.Module, pv.Module, Module)
}

// do calls a function: a name and its arguments, numbers where they are declared.
func do(h *kemitest.Host, c *kemi.Ctx, name string, args ...any) string {
	var list []kemi.Value
	for _, a := range args {
		switch a := a.(type) {
		case int:
			list = append(list, kemi.Int(a))
		case string:
			list = append(list, kemi.Str(a))
		}
	}
	return h.Call(c, "textops", name, list...).Text()
}

// cells cuts "name|arg|arg".
func cells(text string) (name string, args []any) {
	list := strings.Split(text, "|")
	for _, a := range list[1:] {
		args = append(args, a)
	}
	return list[0], args
}

// TestResults checks functions that change nothing, or nothing that matters here.
func TestResults(t *testing.T) {
	h := start(t)
	for _, x := range []struct{ call, want string }{
		{"search|^invite", "1"}, {"search|", "1"}, {"search|[", "-1"}, {"search|nothing", "-1"}, {"search|a.*x-a", "-1"},
		{"search_body|TEA", "1"}, {"search_body|subject", "-1"}, {"search_body|^m=audio", "1"},
		{"search_str|a\nb|^B", "1"}, {"search_str|a\nb|a.b", "-1"}, {"search_str||a", "-2"}, {"search_str|a|", "2"}, {"search_str|a|(", "-2"},
		{"search_hf|X-A|two|f", "-1"}, {"search_hf|X-A|two|l", "1"}, {"search_hf|X-A|one|l", "-1"}, {"search_hf|X-A|TWO|", "1"},
		{"search_hf|X-B|abc$|a", "-1"}, {"search_hf|X-B||a", "-1"}, {"search_hf|None|x|a", "-1"}, {"search_hf||x|a", "-1"},
		{"is_present_hf|x-A", "1"}, {"is_present_hf|s", "1"}, {"is_present_hf|Subject:", "1"}, {"is_present_hf|Supported", "1"},
		{"is_present_hf|X-A:", "-1"}, {"is_present_hf|X-A x", "-1"}, {"is_present_hf|", "-1"},
		{"is_present_hf_re|^x-", "1"}, {"is_present_hf_re|^supported", "-1"}, {"is_present_hf_re|(", "-1"},
		{"is_privacy|ID", "1"}, {"is_privacy|header", "1"}, {"is_privacy|user", "-1"}, {"is_privacy|id; header", "-1"}, {"is_privacy|", "-1"},
		{"has_body", "1"}, {"has_body_type|Application / SDP", "1"}, {"has_body_type|text/plain", "-1"}, {"has_body_type|", "1"}, {"has_body_type|application/", "-1"},
		{"cmp_str|a|a", "1"}, {"cmp_str|a|b", "-2"}, {"cmp_str|b|a", "-1"}, {"cmp_istr|aB|Ab", "1"}, {"cmp_istr|[|A", "-2"}, {"cmp_istr|_|a", "-2"},
		{"starts_with|abc|ab", "1"}, {"starts_with|abc|", "1"}, {"starts_with|ab|abc", "-1"}, {"starts_with|abc|abd", "-2"}, {"starts_with|abc|abb", "-1"},
		{"ends_with|abc|bc", "1"}, {"ends_with|abc|bd", "-2"}, {"ends_with|abc|bb", "-1"}, {"ends_with||a", "-1"},
		{"str_find|hello|l", "3"}, {"str_find|hello|", "6"}, {"str_find|hello|x", "-1"}, {"str_ifind|Hello|LL", "3"}, {"str_ifind|Hello|", "1"},
		{"str_any_in|abc|xc", "1"}, {"str_any_in|abc|x", "-1"}, {"str_any_in||x", "-1"}, {"str_all_in|abca|cba", "1"}, {"str_all_in|abc|ab", "-1"}, {"str_all_in||a", "-1"},
		{"in_list|b|a, b ,c|,", "1"}, {"in_list|b|a;b|,", "-1"}, {"in_list||a,,b|,", "-1"}, {"in_list|b|a,b|", "-1"}, {"in_list|a|b,\r\na\t|,", "1"},
		{"in_list_prefix|49123|48,49|,", "1"}, {"in_list_prefix|4|49|,", "-1"}, {"in_list_prefix|49|1,,2|,", "-1"},
		{"is_audio_on_hold", "-1"}, {"get_body_part|application/sdp|$nothing", "-1"}, {"get_body_part|application/sdp|", "-1"}, {"get_body_part|a/b|$ci", "-1"},
		{"filter_body|application/sdp", "-1"}, {"remove_body_part|application/sdp", "-1"}, {"append_body_part|x|a/b", "-1"},
		{"set_body||a/b", "-1"}, {"set_body|a|", "-1"}, {"set_body_hex|4|a/b", "-1"}, {"set_body_hex|zz|a/b", "-1"}, {"set_body_hex||a/b", "-1"},
		{"set_reply_body||a/b", "-1"}, {"set_reply_body|a|", "-1"}, {"set_reply_body_hex|4g|a/b", "-1"},
		{"subst|/a", "-1"}, {"subst|", "-1"}, {"subst|/a/b/x", "-1"}, {"subst|/(/b/", "-1"}, {"subst|/a/$nothing/", "-1"}, {"subst|/x*/b/", "-1"}, {"subst|/x*/b/g", "-1"},
		{"replace|[|x", "-1"}, {"replace_all|x*|y", "-1"}, {"replace_all|.*|y", "-1"}, {"replace_str|nothing|x|a", "1"}, {"replace_str||x|a", "1"},
		{"remove_hf|None", "1"}, {"remove_hf|", "-1"}, {"remove_hf|a b", "-1"}, {"remove_hf_re|^zz", "-1"}, {"remove_hf_re|(", "-1"}, {"remove_hf_exp|^x|(", "-1"},
		{"remove_hf_match|X-A|sw|o", "-1"}, {"remove_hf_match|X-A|re|(", "-1"}, {"remove_hf_match|X-A|in|", "-2"}, {"remove_hf_match|None|in|x", "-2"}, {"remove_hf_match||in|x", "-1"},
	} {
		h.Run(plain, func(c *kemi.Ctx) {
			name, args := cells(x.call)
			if got := do(h, c, name, args...); got != x.want {
				t.Errorf("%s: got %s, want %s", x.call, got, x.want)
			}
		})
	}
}

// TestNoBody checks that functions of the body do nothing without one.
func TestNoBody(t *testing.T) {
	h := start(t)
	for _, call := range []string{
		"has_body", "has_body_type|application/sdp", "search_body|v=0", "search_append_body|v=0|x", "replace_body|v|x", "replace_body_str|v|x|a",
		"subst_body|/v/x/", "get_body_part|a/b|$var(x)", "get_body_part_raw|a/b|$var(x)", "filter_body|a/b", "remove_body_part|a/b",
		"append_body_part|x|a/b", "append_body_part_hex|41|a/b", "set_body_multipart_mode", "set_body_multipart_boundary|x", "is_audio_on_hold",
	} {
		h.Run(invite("", ""), func(c *kemi.Ctx) {
			name, args := cells(call)
			if got := do(h, c, name, args...); got != "-1" || !c.Msg.Edits.Empty() {
				t.Errorf("%s: got %s, %d changes", call, got, len(c.Msg.Edits.List()))
			}
		})
	}
}

// edited is the message with its changes, without the start line.
func edited(c *kemi.Ctx) string {
	return string(c.Msg.Edits.Apply(nil, c.Msg.Raw, c.Msg.HeadersStart, len(c.Msg.Raw), nil))
}

// difference shows the lines that changed: those gone with a minus, those new with a plus.
func difference(before, after string) string {
	var out []string
	for mark, pair := range map[string][2]string{"-": {before, after}, "+": {after, before}} {
		other := strings.Split(pair[1], "\r\n")
		for line := range strings.SplitSeq(pair[0], "\r\n") {
			if i := slices.Index(other, line); i >= 0 {
				other = slices.Delete(other, i, i+1)
				continue
			}
			out = append(out, mark+line)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return strings.Compare(b[:1], a[:1]) })
	return strings.Join(out, ",")
}

// TestChanges checks what functions change.
func TestChanges(t *testing.T) {
	h := start(t)
	for _, x := range []struct{ calls, want string }{
		{"search_append|Subject|1;search_append|Subject|2", "-Subject: Tea,+Subject12: Tea"},
		{"search_append_body|^S=|My ", "-s=Tea party,+s=My Tea party"},
		{"replace|one|1", "-Call-ID: one,+Call-ID: 1"},
		{"replace|^invite|x", ""},
		{"replace_all|tea|Coffee", "-Subject: Tea,-s=Tea party,+Subject: Coffee,+s=Coffee party"},
		{"replace_hdrs|party|x", ""},
		{"replace_hdrs_str|Tea|Milk|f", "-Subject: Tea,+Subject: Milk"},
		{"replace_hdrs_str|Tea|Milk|a", "-Subject: Tea,-s=Tea party,+Subject: Milk,+s=Milk party"},
		{"replace_hdrs_str|party|x|a", ""},
		{"replace_body|8000|1", "-a=rtpmap:0 PCMU/8000,+a=rtpmap:0 PCMU/1"},
		{"replace_body_all|^a=.*\r\n|", "-a=rtpmap:0 PCMU/8000,-a=rtpmap:8 PCMA/8000"},
		{"replace_body_atonce|pcm.|X", "-a=rtpmap:0 PCMU/8000,-a=rtpmap:8 PCMA/8000,+a=rtpmap:0 X/8000,+a=rtpmap:8 X/8000"},
		{"replace_body_str|PCM|X|f", "-a=rtpmap:0 PCMU/8000,+a=rtpmap:0 XU/8000"},
		{"replace_str|tea|x|a", ""},
		{"subst|/^(subject: )([^\r]*)/\\1[\\2]/i", "-Subject: Tea,+Subject: [Tea]"},
		{"subst_body|/rtpmap:([0-9]+) (.*)\r$/x:\\2 \\1 $rU\r/g", "-a=rtpmap:0 PCMU/8000,-a=rtpmap:8 PCMA/8000,+a=x:PCMU/8000 0 bob,+a=x:PCMA/8000 8 bob"},
		{"subst_body|/s=.*audio/x/", ""},
		{"subst_body|/s=.*audio/x/s", "-s=Tea party,-m=audio 4000 RTP/AVP 0 8,+x 4000 RTP/AVP 0 8"},
		{"subst_hf|X-A|/o/0/g|a", "-X-A: one,-x-a:two,+X-A: 0ne,+x-a:tw0"},
		{"subst_hf|X-A|/o/0/g|f", "-X-A: one,+X-A: 0ne"},
		{"subst_hf|X-A|/o/0/g|l", "-x-a:two,+x-a:tw0"},
		{"subst_hf|X-B|/c *$/C/|", "-X-B: Abc  ,+X-B: AbC"},
		{"remove_hf|X-A;remove_hf|X-A", "-X-A: one,-x-a:two"},
		{"remove_hf|Supported", "-k: timer"},
		{"remove_hf_re|^X-", "-X-A: one,-X-B: Abc  ,-x-a:two"},
		{"remove_hf_exp|^x-|b$", "-X-A: one,-x-a:two"},
		{"remove_hf_match|X-A|EQ|two", "-x-a:two"},
		{"remove_hf_match|X-A|ne|two", "-X-A: one"},
		{"remove_hf_match|X-A|in|w", "-x-a:two"},
		{"remove_hf_match|X-A|re|^O", "-X-A: one"},
		{"subst_hf|X-A|/one/1/|f;remove_hf|X-A", "-X-A: one,-x-a:two"},
	} {
		h.Run(plain, func(c *kemi.Ctx) {
			before := edited(c)
			for call := range strings.SplitSeq(x.calls, ";") {
				name, args := cells(call)
				do(h, c, name, args...)
			}
			if got := difference(before, edited(c)); got != x.want {
				t.Errorf("%s:\n got %q\nwant %q", x.calls, got, x.want)
			}
		})
	}
}

func TestRemoveIndex(t *testing.T) {
	h := start(t)
	for _, x := range []struct {
		name  string
		index int
		want  string
		gone  string
	}{
		{"X-A", 0, "1", "-X-A: one"}, {"X-A", 1, "1", "-x-a:two"}, {"X-A", -1, "1", "-x-a:two"}, {"X-A", -2, "1", "-X-A: one"},
		{"X-A", 2, "2", ""}, {"X-A", -3, "1", ""}, {"None", 0, "2", ""}, {"", 0, "-1", ""},
	} {
		h.Run(plain, func(c *kemi.Ctx) {
			before := edited(c)
			if got := do(h, c, "remove_hf_idx", x.name, x.index); got != x.want {
				t.Errorf("%s %d: got %s, want %s", x.name, x.index, got, x.want)
			}
			if got := difference(before, edited(c)); got != x.gone {
				t.Errorf("%s %d: got %q, want %q", x.name, x.index, got, x.gone)
			}
		})
	}
}

// TestBound checks that a call cannot blow a message up.
func TestBound(t *testing.T) {
	h := start(t)
	long := strings.Repeat("x", maxAdded/8)
	h.Run(plain, func(c *kemi.Ctx) {
		v, err := h.Registry.Var("$var(long)")
		if err != nil {
			t.Fatal(err)
		}
		v.Set(c, kemi.Str(long))
		for _, call := range []string{"subst|/a/$var(long)/g", "replace_all|a|" + long, "replace_str|a|" + long + "|a"} {
			name, args := cells(call)
			if got := do(h, c, name, args...); got != "-1" || !c.Msg.Edits.Empty() {
				t.Errorf("%s: got %s", name, got)
			}
		}
	})
}

func BenchmarkSubst(b *testing.B) {
	h := start(b)
	h.Run(plain, func(c *kemi.Ctx) {
		f := h.Registry.Function("textops", "subst_body")
		args := kemi.MakeArgs(kemi.Str("/rtpmap:([0-9]+)/x:\\1/g"))
		b.ReportAllocs()
		for b.Loop() {
			f.Call(c, args)
			c.Msg.Edits.Reset()
		}
	})
}

func BenchmarkRemoveHeader(b *testing.B) {
	h := start(b)
	h.Run(plain, func(c *kemi.Ctx) {
		f := h.Registry.Function("textops", "remove_hf")
		args := kemi.MakeArgs(kemi.Str("X-A"))
		b.ReportAllocs()
		for b.Loop() {
			f.Call(c, args)
			c.Msg.Edits.Reset()
		}
	})
}
