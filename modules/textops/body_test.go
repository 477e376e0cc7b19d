package textops

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// mixed is a body with what may stand around and in parts.
var mixed = lines("preamble", "--abc", "Content-Type: application/sdp", "", "v=0", "c=IN IP4 0.0.0.0", "m=audio 4000 RTP/AVP 0",
	"--abc  ", "Content-Disposition: render", "content-type: TEXT/plain;charset=utf-8", "", "hello", "--abcd", "",
	"--abc", "", "no type", "--abc--", "epilogue", "--abc", "Content-Type: late/part", "", "--abc")

func mixedInvite(body string) string { return invite(`multipart/mixed; boundary="abc"`, body) }

func TestBodies(t *testing.T) {
	h := start(t)
	open := lines("--abc", "Content-Type: a/b", "", "one", "--abc", "Content-Type: c/d", "", "two")
	for _, x := range []struct{ name, message, calls, codes, want string }{
		{"set", plain, "set_body|x|text/plain", "1", "x"},
		{"set twice", plain, "set_body|x|text/plain;set_body|y|text/html", "1;1", "y"},
		{"set hex", plain, "set_body_hex|68 69|text/plain", "1", "hi"},
		{"set after other changes", plain, "subst_body|/Tea/x/;set_body|new|a/b", "1;1", "new"},
		{"filter", mixedInvite(mixed), "filter_body|text/plain", "1", "hello\r\n--abcd\r\n"},
		{"filter none", mixedInvite(open), "filter_body|image/png", "-1", open},
		{"remove first", mixedInvite(open + "\r\n--abc--"), "remove_body_part|a/b", "1", "--abc\r\nContent-Type: c/d\r\n\r\ntwo\r\n\r\n--abc--"},
		{"remove twice", mixedInvite(open + "\r\n--abc--"), "remove_body_part|c/d;remove_body_part|c/d", "1;1", "--abc\r\nContent-Type: a/b\r\n\r\none\r\n--abc--"},
		{"remove drops what is around", mixedInvite(mixed), "remove_body_part|text/plain;remove_body_part|application/sdp", "1;1", "--abc\r\n\r\nno type\r\n--abc--\r\n"},
		{"remove without an end", mixedInvite(open), "remove_body_part|c/d", "-1", open},
		{"append", mixedInvite("--abc\r\n\r\nx\r\n--abc--\r\n"), "append_body_part|one|a/b;append_body_part_cd|two|c/d|render", "1;1",
			"--abc\r\n\r\nx\r\n--abc\r\nContent-Type: a/b\r\n\r\none\r\n--abc\r\nContent-Type: c/d\r\nContent-Disposition: render\r\n\r\ntwo\r\n--abc--\r\n"},
		{"append hex", mixedInvite("--abc--"), "append_body_part_hex|41 42|a/b;append_body_part_hex|4|a/b;append_body_part_hex_cd|4|a/b|x", "1;-1;-1", "--abc\r\nContent-Type: a/b\r\n\r\nAB\r\n--abc--\r\n"},
		{"append without an end", mixedInvite(open), "append_body_part|x|e/f", "1", open + "\r\n--abc\r\nContent-Type: e/f\r\n\r\nx\r\n--abc--\r\n"},
		{"append to one without closing dashes", mixedInvite("--abc\r\n\r\nx\r\n--abc\r\n"), "append_body_part|y|e/f", "1", "--abc\r\n\r\nx\r\n--abc\r\nContent-Type: e/f\r\n\r\ny\r\n--abc--\r\n"},
		{"append and remove", mixedInvite("--abc\r\nContent-Type: a/b\r\n\r\nx\r\n--abc--\r\n"), "append_body_part|y|e/f;remove_body_part|a/b", "1;1", "--abc\r\nContent-Type: e/f\r\n\r\ny\r\n--abc--\r\n"},
		{"append empty", mixedInvite("--abc--"), "append_body_part||a/b;append_body_part|x|", "-1;-1", "--abc--"},
		{"append after set", mixedInvite(open), "set_body|x|text/plain;append_body_part|y|a/b", "1;-1", "x"},
		{"append after multipart", mixedInvite("--abc--"), "set_body_multipart|x|a/b|b2;append_body_part|y|c/d", "1;1", "--b2\r\nContent-Type: a/b\r\n\r\nx\r\n--b2\r\nContent-Type: c/d\r\n\r\ny\r\n--abc\r\n"},
		{"multipart of the body", plain, "subst_body|/v=0/v=1/;set_body_multipart_mode", "1;1", "--unique-boundary-1\r\nContent-Type: application/sdp\r\n\r\n" + strings.Replace(sdp, "v=0", "v=1", 1) + "\r\n--unique-boundary-1\r\n"},
		{"multipart twice", invite("a/b", "x"), "set_body_multipart_boundary|q;set_body_multipart_mode", "1;1", "--q\r\nContent-Type: a/b\r\n\r\nx\r\n--q\r\n"},
		{"multipart without a type", invite("", "x"), "set_body_multipart_mode", "1", "--unique-boundary-1\r\nContent-Type: application/sdp\r\n\r\nx\r\n--unique-boundary-1\r\n"},
		{"multipart without a body", invite("", ""), "set_body_multipart_content|x|", "1", "--unique-boundary-1\r\nContent-Type: text/plain\r\n\r\nx\r\n--unique-boundary-1\r\n"},
		{"multipart already", mixedInvite(open), "set_body_multipart_mode", "1", open},
		{"no boundary", invite("multipart/mixed", open), "append_body_part|x|a/b;remove_body_part|a/b;filter_body|a/b", "-1;-1;-1", open},
	} {
		h.Run(x.message, func(c *kemi.Ctx) {
			var codes []string
			for call := range strings.SplitSeq(x.calls, ";") {
				name, args := cells(call)
				codes = append(codes, do(h, c, name, args...))
			}
			if got := strings.Join(codes, ";"); got != x.codes {
				t.Errorf("%s: got %s, want %s", x.name, got, x.codes)
			}
			if _, got, _ := strings.Cut(edited(c), "\r\n\r\n"); got != x.want {
				t.Errorf("%s:\n got %q\nwant %q", x.name, got, x.want)
			}
		})
	}
}

func TestGetPart(t *testing.T) {
	h := start(t)
	for _, x := range []struct{ message, function, kind, want string }{ // "-": none
		{mixedInvite(mixed), "get_body_part", "APPLICATION/sdp", "\r\nv=0\r\nc=IN IP4 0.0.0.0\r\nm=audio 4000 RTP/AVP 0\r\n"},
		{mixedInvite(mixed), "get_body_part", "text/plain", "\r\nhello\r\n--abcd\r\n\r\n"},
		{mixedInvite(mixed), "get_body_part_raw", "text/plain", "content-type: TEXT/plain;charset=utf-8\r\n\r\nhello\r\n--abcd\r\n\r\n--abc\r\n"},
		{mixedInvite(mixed), "get_body_part", "late/part", "-"},
		{mixedInvite("--abc\r\n\r\nno type\r\n--abc--"), "get_body_part", "text/plain", "\r\nno type\r\n"},
		{mixedInvite("--abc\r\n--abc--"), "get_body_part", "text/plain", ""},
		{mixedInvite("--abc\r\nContent-Type: a/b"), "get_body_part", "a/b", "-"},
		{invite("a/b", "x"), "get_body_part", "c/d", "x"},
		{invite("", "x"), "get_body_part_raw", "c/d", "x"},
	} {
		h.Run(x.message, func(c *kemi.Ctx) {
			got := "-"
			if do(h, c, x.function, x.kind, "$avp(out)") == "1" {
				v, err := h.Registry.Var("$avp(out)")
				if err != nil {
					t.Fatal(err)
				}
				got = v.Get(c).Text()
			}
			if got != x.want {
				t.Errorf("%s %s: got %q, want %q", x.function, x.kind, got, x.want)
			}
		})
	}
}

// TestBodyHeaders checks that changes of the body keep one Content-Type.
func TestBodyHeaders(t *testing.T) {
	h := start(t)
	for _, x := range []struct{ calls, want string }{
		{"set_body|x|text/plain", "text/plain"},
		{"set_body|x|application/sdp", "application/sdp"},
		{"set_body|x|text/plain;set_body|x|text/html", "text/html"},
		{"set_body_multipart|x|a/b|q;set_body|x|text/html", "text/html"},
		{"set_body|x|text/html;set_body_multipart|x|a/b|q", `multipart/mixed;boundary="q"`},
	} {
		h.Run(plain, func(c *kemi.Ctx) {
			for call := range strings.SplitSeq(x.calls, ";") {
				name, args := cells(call)
				do(h, c, name, args...)
			}
			m, err := sip.Parse("INVITE sip:x SIP/2.0\r\n" + edited(c))
			if err != nil {
				t.Fatal(err)
			}
			kind := m.First(sip.HdrContentType)
			if kind == nil || kind.Value != x.want || m.Next(kind) != nil {
				t.Errorf("%s: %+v", x.calls, kind)
			}
		})
	}
}

func TestReplyBody(t *testing.T) {
	h := start(t)
	h.Run(plain, func(c *kemi.Ctx) {
		c.Msg.Answer.Headers = []string{"X-Own: 1\r\n"}
		do(h, c, "set_reply_body_hex", "7477 6f", "text/html")
		if got := do(h, c, "set_reply_body", "one", "text/plain"); got != "-1" {
			t.Errorf("a second body: %s", got)
		}
		if got := strings.Join(c.Msg.Answer.Headers, "") + c.Msg.Answer.Body; got != "X-Own: 1\r\nContent-Type: text/html\r\ntwo" {
			t.Errorf("got %q", got)
		}
	})
}

// TestNoBlankLine checks that a message without an end of its headers is left alone.
func TestNoBlankLine(t *testing.T) {
	h := start(t)
	h.Run(lines("OPTIONS sip:b.example SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"), func(c *kemi.Ctx) {
		for _, call := range []string{"set_body|x|a/b", "set_body_multipart|x|a/b|q"} {
			name, args := cells(call)
			if got := do(h, c, name, args...); got != "-1" || !c.Msg.Edits.Empty() {
				t.Errorf("%s: got %s", call, got)
			}
		}
	})
}

func TestHold(t *testing.T) {
	for _, x := range []struct {
		name, sdp string
		want      int
	}{
		{"none", "v=0\nm=audio 1 RTP/AVP 0\na=sendrecv", 0},
		{"session address", "c=IN IP4 0.0.0.0\nm=audio 1 RTP/AVP 0", 1},
		{"own address", "c=IN IP4 0.0.0.0\nm=audio 1 RTP/AVP 0\nc=IN IP4 192.0.2.1", 0},
		{"direction before address", "c=IN IP4 0.0.0.0\r\nm=audio 1 RTP/AVP 0\r\na=sendonly\r\n", 2},
		{"session direction", "a=inactive\nm=audio 1 RTP/AVP 0", 2},
		{"own direction", "a=inactive\nm=audio 1 RTP/AVP 0\na=sendrecv", 0},
		{"video", "m=video 1 RTP/AVP 0\na=inactive", 0},
		{"audio before video", "m=audio 1 RTP/AVP 0\na=inactive\nm=video 1 RTP/AVP 0", 2},
		{"second audio", "m=audio 1 RTP/AVP 0\nm=audio 2 RTP/AVP 0\na=inactive", 2},
		{"empty", "", 0},
	} {
		if got := audioHold(x.sdp); got != x.want {
			t.Errorf("%s: got %d, want %d", x.name, got, x.want)
		}
	}
	h := start(t)
	for message, want := range map[string]string{mixedInvite(mixed): "1", invite("text/plain", "m=audio 1\na=inactive"): "-1"} {
		h.Run(message, func(c *kemi.Ctx) {
			if got := do(h, c, "is_audio_on_hold"); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func FuzzMultipart(f *testing.F) {
	f.Add(mixed)
	f.Add("--abc--")
	f.Fuzz(func(t *testing.T, body string) {
		h := start(t)
		h.Run(mixedInvite(body), func(c *kemi.Ctx) {
			for _, call := range []string{"get_body_part_raw|text/plain|$var(x)", "append_body_part|x|a/b", "remove_body_part|text/plain", "append_body_part|y|a/b", "filter_body|application/sdp"} {
				name, args := cells(call)
				do(h, c, name, args...)
			}
			edited(c)
		})
	})
}
