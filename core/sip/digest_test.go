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
