package digest

import (
	"testing"

	"github.com/moonroute/moonroute/core/sip"
)

func find(t testing.TB, name string) Algorithm {
	t.Helper()
	a, ok := FindAlgorithm(name)
	if !ok {
		t.Fatalf("no algorithm %s", name)
	}
	return a
}

// TestExamplesOfTheRFCs has the examples of RFC 2617 3.5 and RFC 7616 3.9.1 (and 3.9.2, without its user hash).
func TestExamplesOfTheRFCs(t *testing.T) {
	for _, tc := range []struct{ algorithm, user, realm, password, method, credentials, want string }{
		{
			"MD5", "Mufasa", "testrealm@host.com", "Circle Of Life", "GET",
			`Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b"`,
			"6629fae49393a05397450978507c4ef1",
		}, {
			"MD5", "Mufasa", "http-auth@example.org", "Circle of Life", "GET",
			`Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth`,
			"8ca523f5e9506fed4657c9700eebdbec",
		}, {
			"SHA-256", "Mufasa", "http-auth@example.org", "Circle of Life", "GET",
			`Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth`,
			"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
		}, {
			// RFC 2069 2.4 with its erratum: credentials without qop.
			"MD5", "Mufasa", "testrealm@host.com", "CircleOfLife", "GET",
			`Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html"`,
			"1949323746fe6a43ef61f9606e7febea",
		},
	} {
		d, err := sip.ParseDigest(tc.credentials)
		if err != nil {
			t.Fatal(err)
		}
		a := find(t, tc.algorithm)
		got := string(a.AppendResponse(nil, a.HA1(tc.user, tc.realm, tc.password), &d, tc.method, ""))
		if got != tc.want {
			t.Errorf("%s %s: %s, want %s", tc.algorithm, tc.credentials, got, tc.want)
		}
		d.Response = tc.want
		if !a.matches(a.HA1(tc.user, tc.realm, tc.password), &d, tc.method, "") || a.matches(a.HA1(tc.user, tc.realm, "x"), &d, tc.method, "") {
			t.Errorf("%s: the response does not match, or matches another password", tc.algorithm)
		}
	}
}

func TestAlgorithms(t *testing.T) {
	for _, a := range algorithms {
		if len(a.HA1("u", "r", "p")) != a.HexLen() {
			t.Errorf("%s: a hash of %d digits, not %d", a.Name, len(a.HA1("u", "r", "p")), a.HexLen())
		}
	}
	if _, ok := FindAlgorithm("sha-256"); !ok {
		t.Error("names count in any case")
	}
	if _, ok := FindAlgorithm("AKAv1-MD5"); ok {
		t.Error("an unknown algorithm was found")
	}
}
