package tls

import (
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/transport/tlstest"
)

// rulesOf makes rules without files.
func rulesOf(t *testing.T, text string) *rules {
	t.Helper()
	list, err := parseFile("tls.cfg", text)
	if err != nil {
		t.Fatal(err)
	}
	r := new(rules)
	for _, p := range list {
		if err := r.add(&profile{settings: p}); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestChoosing(t *testing.T) {
	r := rulesOf(t, `
[server:default]
[server:192.0.2.1:5061]
server_name = one.test
[server:192.0.2.1:5061]
server_name = two.test
[server:any]
server_name = any.test
server_name_mode = 2
[client:default]
[client:192.0.2.9:5061]
[client:192.0.2.8:5061]
server_id = eight
[client:any]
server_name = far.test
server_name_mode = 1`)
	for _, c := range []struct{ local, name, want string }{
		{"192.0.2.1:5061", "", "tls.cfg:3"},
		{"192.0.2.1:5061", "one.test", "tls.cfg:3"},
		{"192.0.2.1:5061", "TWO.test", "tls.cfg:5"},
		{"192.0.2.1:5061", "none.test", "tls.cfg:3"},
		{"192.0.2.1:5061", "x.any.test", "tls.cfg:7"},
		{"192.0.2.2:5061", "x.any.test", "tls.cfg:7"},
		{"192.0.2.2:5061", "any.test", "tls.cfg:2"},
		{"192.0.2.2:5061", "xany.test", "tls.cfg:2"},
		{"192.0.2.2:5061", "two.test", "tls.cfg:2"},
		{"192.0.2.2:5061", "", "tls.cfg:2"},
	} {
		if p := r.forServer(netip.MustParseAddrPort(c.local), c.name); p.where != c.want {
			t.Errorf("server %s %q: %s, want %s", c.local, c.name, p.where, c.want)
		}
	}
	for _, c := range []struct{ remote, name, id, want string }{
		{"192.0.2.9:5061", "", "", "tls.cfg:11"},
		{"192.0.2.9:5061", "", "eight", "tls.cfg:12"},
		{"192.0.2.9:5061", "", "none", "tls.cfg:11"},
		{"192.0.2.9:5061", "far.test", "", "tls.cfg:14"},
		{"192.0.2.7:5061", "x.far.test", "", "tls.cfg:14"},
		{"192.0.2.7:5061", "", "", "tls.cfg:10"},
	} {
		if p := r.forClient(netip.MustParseAddrPort(c.remote), c.name, c.id); p.where != c.want {
			t.Errorf("client %+v: %s, want %s", c, p.where, c.want)
		}
	}
	if r.add(r.server) == nil || r.add(r.servers[0]) == nil {
		t.Error("two for the same")
	}
}

func TestPeerRules(t *testing.T) {
	for text, want := range map[string]struct {
		rule  peerRule
		named bool
	}{
		"[server:default]":                                                       {peerUnasked, false},
		"[server:default]\nverify_certificate=yes":                               {peerOptional, false},
		"[server:default]\nrequire_certificate=yes":                              {peerRequired, false},
		"[server:default]\nverify_client=optional_no_ca":                         {peerAsked, false},
		"[server:default]\nverify_client=off":                                    {peerUnasked, false},
		"[client:default]":                                                       {peerRequired, true},
		"[client:default]\nrequire_certificate=no":                               {peerRequired, true},
		"[client:default]\nverify_certificate=yes":                               {peerRequired, false},
		"[client:default]\nverify_certificate=no":                                {peerAsked, false},
		"[client:default]\nverify_certificate=no\nrequire_certificate=yes":       {peerRequired, false},
		"[client:default]\nverify_client=off":                                    {peerAsked, false},
		"[client:default]\nverify_client=on":                                     {peerRequired, false},
		"[client:default]\nverify_client=optional":                               {peerRequired, false},
		"[client:default]\nverify_certificate=yes\nverify_client=optional_no_ca": {peerAsked, false},
	} {
		list, err := parseFile("x", text)
		if err != nil {
			t.Fatal(err)
		}
		if rule, named := peerRuleOf(list[0]); rule != want.rule || named != want.named {
			t.Errorf("%q: %v %v, want %v", text, rule, named, want)
		}
	}
}

func TestJudging(t *testing.T) {
	ca, other := tlstest.NewAuthority(t, "ca"), tlstest.NewAuthority(t, "other")
	good := ca.Issue(nil, "good.test", "sip:sip.test", "192.0.2.1").Leaf
	old := ca.Issue(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, "old.test").Leaf
	gone := ca.Issue(nil, "gone.test").Leaf
	list, err := x509.ParseRevocationList(tlstest.DER(t, ca.Revoke(gone)))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := x509.ParseRevocationList(tlstest.DER(t, other.Revoke()))
	if err != nil {
		t.Fatal(err)
	}
	base := profile{settings: &settings{depth: 9}, roots: ca.Pool()}
	with := func(lists ...*x509.RevocationList) *profile {
		p := base
		p.lists = lists
		return &p
	}
	for name, c := range map[string]struct {
		p    *profile
		cert *x509.Certificate
		want verdict
	}{
		"good":            {&base, good, verified},
		"expired":         {&base, old, expired},
		"self-signed":     {&base, other.Cert, selfSigned},
		"other authority": {&profile{settings: base.settings, roots: other.Pool()}, good, untrusted},
		"no authorities":  {&profile{settings: base.settings, roots: x509.NewCertPool()}, good, untrusted},
		"not revoked":     {with(list), good, verified},
		"revoked":         {with(foreign, list), gone, revoked},
		"no list":         {with(foreign), good, untrusted},
	} {
		if got, err := c.p.judge([]*x509.Certificate{c.cert}); got != c.want || (err == nil) != (got == verified) {
			t.Errorf("%s: %v %v, want %v", name, got, err, c.want)
		}
	}
	shallow := profile{settings: &settings{depth: -1}, roots: ca.Pool()}
	if got, err := shallow.judge([]*x509.Certificate{good}); got != untrusted || err != errTooDeep {
		t.Errorf("depth: %v %v", got, err)
	}
	for name, want := range map[string]bool{"good.test": true, "sip.test": true, "SIP.Test": true, "192.0.2.1": true, "other.test": false, "192.0.2.2": false, "": false} {
		if err := isFor(good, name); (err == nil) != want {
			t.Errorf("for %q: %v", name, err)
		}
	}
}

func TestNames(t *testing.T) {
	cert := tlstest.NewAuthority(t, "a/b \x01é").Cert
	if got := oneLine(cert.RawSubject); got != `/CN=a/b \x01\xC3\xA9` {
		t.Errorf("%s", got)
	}
	if part(cert.RawSubject, "CN") != "a/b \x01é" || part(cert.RawSubject, "O") != "" || parseDN([]byte("x")) != nil {
		t.Error("parts")
	}
	if got := urlEncode("a-b c\n/+="); got != "a-b%20c%0a%2f%2b%3d" {
		t.Error(got)
	}
	for v, want := range map[uint16]string{tls.VersionTLS10: "TLSv1", tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3"} {
		if got := versionName(v); got != want {
			t.Error(got)
		}
	}
	for name := range attributes {
		if describe(name) == "" || !strings.HasPrefix(name, "tls_") {
			t.Errorf("%s", name)
		}
	}
}
