package sanity

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

// message is a good request, but for the lines that replace the one of their name, or are added.
func message(changes ...string) string {
	lines := []string{
		"INVITE sip:b@b.example SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", "From: <sip:a@a.example>;tag=1",
		"To: <sip:b@b.example>", "Call-ID: 1", "CSeq: 1 INVITE", "Content-Length: 0",
	}
	for _, change := range changes {
		name, _, _ := strings.Cut(change, ":")
		if strings.HasPrefix(change, "+") {
			lines = append(lines, change[1:])
			continue
		}
		for i := range lines {
			if i > 0 && strings.HasPrefix(lines[i], name+":") || i == 0 && !strings.Contains(name, "-") && strings.HasSuffix(change, "SIP/2.0") {
				lines[i] = change
				break
			}
		}
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

const all = 32767

func TestChecks(t *testing.T) {
	for _, x := range []struct {
		changes []string
		checks  int
		uris    int
		code    int
		reason  string // empty: passed
	}{
		{nil, all, 15, 0, ""},
		{[]string{"INVITE foo:b SIP/2.0"}, 2, 7, 400, "Bad Request URI"},
		{[]string{"INVITE foo:b SIP/2.0"}, 1024, 1, 400, "Bad Request URI"},
		{[]string{"INVITE foo:b SIP/2.0"}, 1024, 6, 0, ""},
		{[]string{"INVITE urn:service:sos SIP/2.0"}, 2, 7, 0, ""},
		{[]string{"+Call-ID: 2"}, 4, 7, 400, "Bad Headers"},
		{[]string{"CSeq: 1 BYE"}, 32, 7, 400, "CSeq method does not match request method"},
		{[]string{"CSeq: 99999999999 INVITE"}, 64, 7, 400, "CSeq number is illegal"},
		{[]string{"CSeq: 4294967295 INVITE"}, 64, 7, 0, ""},
		{[]string{"Content-Length: 5"}, 128, 7, 400, "Content-Length mis-match"},
		{[]string{"+Expires: abc"}, 256, 7, 400, "Expires value is illegal"},
		{[]string{"+Expires:"}, 256, 7, 400, "Bad Expires Header"},
		{[]string{"+Expires: 10 "}, 256, 7, 0, ""},
		{[]string{"+Proxy-Require: known, foo"}, 512, 7, 420, "Bad Proxy Require Extension"},
		{[]string{"+Proxy-Require: KNOWN"}, 512, 7, 0, ""},
		{[]string{"+Proxy-Require: "}, 512, 7, 400, "Bad Proxy Require Header"},
		{[]string{"From: <foo>;tag=1"}, 1024, 7, 400, "Invalid From Header"},
		{[]string{"To: <foo>"}, 1024, 7, 400, "Ivalid To Header"},
		{[]string{"+Contact: <foo>"}, 1024, 7, 0, ""},
		{[]string{"+Contact: <foo>"}, 1024, 8, 400, "Bad Contact URI"},
		{[]string{"+Contact: <sip:a"}, 1024, 8, 400, "Bad Contact Header"},
		{[]string{"+Contact: *"}, 1024, 8, 0, ""},
		{[]string{"From: <sip:a@b>;tag=1;tag=2"}, 4096, 7, 400, "Many From Tag Params"},
		{[]string{"To: <sip:a@b>;tag=1;TAG=2"}, 4096, 7, 400, "Many To Tag Params"},
		{[]string{"+Authorization: Basic abc"}, 2048, 7, 400, "Not a digest authorization"},
		{[]string{"+Authorization: Basic abc"}, 8192, 7, 0, ""},
		{[]string{`+Authorization: Digest username="a`}, 8192, 7, 400, "Bad Auth Header"},
		{[]string{`+Authorization: Digest username="a", realm="a", nonce="n", uri="sip:a"`}, 2048, 7, 400, "Bad Auth Credentials"},
		{[]string{`+Authorization: Digest username="", realm="a", nonce="n", uri="sip:a", response="1"`}, 2048, 7, 400, "Auth Empty User"},
		{[]string{`+Proxy-Authorization: Digest username="a", realm="a", nonce="", uri="sip:a", response="1"`}, 2048, 7, 400, "Auth Empty Nonce"},
		{[]string{`+Proxy-Authorization: Digest username="a", realm="a", nonce="n", uri="sip:a", response=""`}, 2048, 7, 400, "Auth Empty Response"},
	} {
		h := kemitest.Start(t, `modparam("sanity", "noreply", 1)`+"\n"+`modparam("sanity", "proxy_require", "known, other")`+"\n", Module)
		h.Run(message(x.changes...), func(c *kemi.Ctx) {
			want := 1
			if x.reason != "" {
				want = -1
			}
			if got := h.Call(c, "sanity", "sanity_check", kemi.Int(x.checks), kemi.Int(x.uris)).Int(); got != want {
				t.Errorf("%v: %d, want %d", x.changes, got, want)
			}
			s := h.Registry.Module("sanity").State.(*state)
			if f := s.find(c, x.checks, x.uris); x.reason != "" && (f == nil || f.code != x.code || f.reason != x.reason) {
				t.Errorf("%v: %+v, want %d %s", x.changes, f, x.code, x.reason)
			}
		})
	}
}

func TestReply(t *testing.T) {
	for _, x := range []struct {
		params string
		calls  []string
		method string
		want   uint64 // stateless 4xx and 5xx replies
	}{
		{"", []string{"sanity_check_defaults"}, "INVITE", 1},
		{"", []string{"sanity_check_defaults", "sanity_reply"}, "INVITE", 1},
		{"", []string{"sanity_check_defaults"}, "ACK", 0},
		{`modparam("sanity", "noreply", 1)`, []string{"sanity_check_defaults"}, "INVITE", 0},
		{`modparam("sanity", "noreply", 1)`, []string{"sanity_check_defaults", "sanity_reply"}, "INVITE", 1},
		{`modparam("sanity", "noreply", 1)`, []string{"sanity_reply"}, "INVITE", 1},
	} {
		h := kemitest.Start(t, x.params+"\n", Module)
		h.Run(strings.Replace(message("CSeq: 1 BYE"), "INVITE", x.method, 1), func(c *kemi.Ctx) {
			for _, call := range x.calls {
				h.Call(c, "sanity", call)
			}
		})
		if got := h.Core.Stats.StatelessReplies(400, 599); got != x.want {
			t.Errorf("%s %v: %d replies, want %d", x.params, x.calls, got, x.want)
		}
	}
}

func TestSizes(t *testing.T) {
	h := kemitest.Start(t, `modparam("sanity", "size_checks", 4095)`+"\n"+`modparam("sanity", "size_ruri", 20)`+"\n"+
		`modparam("sanity", "size_header", 60)`+"\n", Module)
	for _, x := range []struct{ change, want string }{
		{"", ""},
		{"INVITE sip:a.very.long.name.of.a.host.example SIP/2.0", "Request-URI Too Long"},
		{"+Subject: " + strings.Repeat("x", 60), "Message Too Large"},
	} {
		h.Run(message(x.change), func(c *kemi.Ctx) {
			s, got := h.Registry.Module("sanity").State.(*state), ""
			if f := s.find(c, 0, 0); f != nil {
				got = f.reason
			}
			if got != x.want {
				t.Errorf("%s: %q, want %q", x.change, got, x.want)
			}
		})
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(message("+Authorization: Digest username=\"", "+Proxy-Require: ,", "CSeq: x"))
	f.Fuzz(func(t *testing.T, text string) {
		if new(sip.Message).Parse(text) != nil {
			return
		}
		h := kemitest.Start(t, `modparam("sanity", "noreply", 1)`+"\n"+`modparam("sanity", "size_checks", 4095)`+"\n", Module)
		h.Run(text, func(c *kemi.Ctx) { h.Call(c, "sanity", "sanity_check", kemi.Int(all), kemi.Int(15)) })
	})
}

func BenchmarkCheck(b *testing.B) {
	h := kemitest.Start(b, "", Module)
	h.Run(message(), func(c *kemi.Ctx) {
		f, a := h.Registry.Function("sanity", "sanity_check"), kemi.MakeArgs(kemi.Int(17895), kemi.Int(7))
		b.ReportAllocs()
		for b.Loop() {
			f.Call(c, a)
		}
	})
}
