package sip

import "testing"

func TestParseDigest(t *testing.T) {
	d, err := ParseDigest(`Digest username="alice", realm="a, \"b\"",nonce="n", uri="sip:h",response="r",
 algorithm=MD5, cnonce="c", qop=auth, nc=00000001 ,opaque="", Extra="e"`)
	if err != nil || d.Username != "alice" || d.Realm != `a, \"b\"` || d.Nonce != "n" || d.URI != "sip:h" || d.Response != "r" ||
		d.Algorithm != "MD5" || d.CNonce != "c" || d.QOP != "auth" || d.NC != "00000001" || d.Opaque != "" {
		t.Errorf("%+v, %v", d, err)
	}
	if v, has := d.Param("extra"); v != "e" || !has {
		t.Errorf("extra %q %v", v, has)
	}
	d, err = ParseDigest(`Digest realm="biloxi.example", domain="sip:x", qop="auth,auth-int", nonce="d", stale=FALSE`)
	if err != nil || d.QOP != "auth,auth-int" || d.Stale != "FALSE" || d.Domain != "sip:x" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestRefusedDigest(t *testing.T) {
	for _, text := range []string{"", "Digest", "Basic abc", "NoOneKnowsThisScheme opaque-data=here", "Digest a", `Digest a="open`, `Digest a=b"c`} {
		if d, err := ParseDigest(text); err == nil {
			t.Errorf("%q accepted: %+v", text, d)
		}
	}
}

func TestCredentials(t *testing.T) {
	m := parseText(t, `INVITE sip:h SIP/2.0
Proxy-Authorization: Basic abc
Proxy-Authorization: Digest username="a", realm="one"
Proxy-Authorization: Digest username="b", realm="two"

`)
	for realm, want := range map[string]string{"one": "a", "two": "b", "": "a", "three": ""} {
		d, h, err := m.Credentials(HdrProxyAuthorization, realm)
		if d.Username != want || (want == "") != (err != nil) || (h == nil) != (err != nil) {
			t.Errorf("%q: %+v, %v", realm, d, err)
		}
	}
}

func TestUserOfDigest(t *testing.T) {
	for name, want := range map[string][2]string{
		"alice": {"alice", ""}, "alice@a.example": {"alice", "a.example"}, "sip:alice@a.example": {"alice", "a.example"},
		"sip:alice": {"alice", ""}, "@a": {"@a", ""}, "": {"", ""}, "a@b@c": {"a", "b@c"},
	} {
		d := Digest{Username: name}
		if user, domain := d.User(); user != want[0] || domain != want[1] {
			t.Errorf("%q: %q at %q", name, user, domain)
		}
	}
}

func TestPrintDigest(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{`digest Response=abc , qop="auth", nc=00000001,username="a\"b", algorithm="MD5"`, `Digest username="a\"b", response="abc", algorithm=MD5, qop=auth, nc=00000001`},
		{`Digest realm=r, qop="auth,auth-int", stale="TRUE", domain="sip:a sip:b", odd=1`, `Digest realm="r", domain="sip:a sip:b", qop="auth,auth-int", stale=TRUE`},
		{`Digest username=WORK\`, `Digest username=WORK\`}, {"Digest odd=1", "Digest "},
	} {
		d, err := ParseDigest(tc.text)
		if got := string(d.Append(nil)); err != nil || got != tc.want {
			t.Errorf("%s printed as %s, want %s; %v", tc.text, got, tc.want, err)
		}
	}
}

func FuzzDigest(f *testing.F) {
	for _, s := range []string{
		`Digest username="a", realm="r, \"x\"", nonce="n",uri="sip:h", response="0", algorithm=MD5, cnonce="c", qop=auth, nc=00000001`,
		`Digest realm="r", qop="auth,auth-int", stale=TRUE, domain="sip:a"`, "Digest a", `Digest a="`, `Digest a=\`, "Basic abc=", "Digest =1,,a=", `Digest stale=T\, qop=a\`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDigest(s)
		within(t, s, d.Scheme, d.Params, d.Username, d.Realm, d.Nonce, d.URI, d.Response, d.Algorithm, d.CNonce, d.NC, d.QOP, d.Opaque, d.Domain, d.Stale)
		if err != nil {
			return
		}
		printed := string(d.Append(nil))
		again, err := ParseDigest(printed)
		if printed == "Digest " {
			return // there was no known parameter
		}
		d.Scheme, d.Params, again.Scheme, again.Params = "", "", "", ""
		if err != nil || again != d {
			t.Fatalf("%q printed as %q:\n%+v\n%+v, %v", s, printed, d, again, err)
		}
	})
}

func BenchmarkParseDigest(b *testing.B) {
	const text = `Digest username="alice", realm="r.example", nonce="awMgXGsDHzD5D9Qfu0FLSOXuGBp3FIxq", uri="sip:r.example", response="0123456789abcdef0123456789abcdef", qop=auth, nc=00000001, cnonce="0a4f113b", algorithm=MD5`
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseDigest(text); err != nil {
			b.Fatal(err)
		}
	}
}
