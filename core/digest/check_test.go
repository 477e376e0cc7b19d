package digest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/digest/digesttest"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

var request = digesttest.Request{Method: "MESSAGE", URI: "sip:r.example"}

// TestIndependentClient has each algorithm with each quality of protection, and a body that was changed on the way.
func TestIndependentClient(t *testing.T) {
	for _, a := range algorithms {
		for _, qop := range []string{"", "auth", "auth-int"} {
			w := newWorld(t, Options{Algorithms: strings.TrimSuffix(a.Name, "-sess")})
			x := w.challenge(nil, qop)
			w.alice.Algorithm = a.Name
			if a.session && qop == "" {
				continue // there is no cnonce without qop
			}
			r := digesttest.Request{Method: "MESSAGE", URI: "sip:r.example", Body: "hello"}
			m := message(t, "MESSAGE", "Authorization: "+w.alice.Answer(x, r))
			m = withBody(t, m, "hello")
			if got := w.check(m, "wonder", false); got != OK || m.Authorized != "alice" {
				t.Errorf("%s %s: %d, user %q", a.Name, qop, got, m.Authorized)
			}
			want := OK
			if qop == "auth-int" {
				want = WrongPassword
			}
			if got := w.check(withBody(t, m, "jello"), "wonder", false); got != want {
				t.Errorf("%s %s with another body: %d, want %d", a.Name, qop, got, want)
			}
			if got := w.check(m, "x", false); got != WrongPassword {
				t.Errorf("%s %s with a wrong password: %d", a.Name, qop, got)
			}
		}
	}
}

func withBody(t testing.TB, m *route.Message, body string) *route.Message {
	t.Helper()
	received := new(sip.Message)
	if err := received.Parse(m.Raw[:m.BodyStart] + body); err != nil {
		t.Fatal(err)
	}
	other := new(route.Message)
	other.Begin(received)
	return other
}

// TestWeakerAlgorithmsAreRefused has a server that asks for SHA-256 only, and one that takes both.
func TestWeakerAlgorithmsAreRefused(t *testing.T) {
	w := newWorld(t, Options{Algorithms: "SHA-256"})
	x := w.challenge(nil, "auth")
	w.alice.Algorithm = "MD5"
	if r := w.answer(x); r != Failed {
		t.Errorf("MD5 where SHA-256 was asked for: %d", r)
	}
	w = newWorld(t, Options{Algorithms: "SHA-256, MD5"})
	lines := strings.Split(strings.TrimSpace(string(w.Append(nil, nil, &Challenge{Header: "X", Realm: "r.example", QOP: "auth"}))), "\r\n")
	if len(lines) != 2 || !strings.HasSuffix(lines[0], "algorithm=SHA-256") || !strings.HasSuffix(lines[1], "algorithm=MD5") ||
		digesttest.Param(lines[0], "nonce") != digesttest.Param(lines[1], "nonce") {
		t.Errorf("%q", lines)
	}
	for _, line := range lines {
		if r := w.answer(line); r != OK {
			t.Errorf("%s: %d", line, r)
		}
	}
}

// TestAlgorithmOfOneMessage is KSR.auth.auth_algorithm.
func TestAlgorithmOfOneMessage(t *testing.T) {
	w := newWorld(t, Options{})
	m := message(t, "MESSAGE")
	if err := w.SetAlgorithms(m, "SHA-256"); err != nil {
		t.Fatal(err)
	}
	if x := w.challenge(m, ""); digesttest.Param(x, "algorithm") != "SHA-256" {
		t.Error(x)
	}
	if x := w.challenge(nil, ""); strings.Contains(x, "algorithm") {
		t.Error(x)
	}
	if err := w.SetAlgorithms(m, "ROT13"); err == nil || !strings.Contains(err.Error(), "SHA-512-256") {
		t.Error(err)
	}
	if err := w.SetAlgorithms(nil, "SHA-512"); err != nil || digesttest.Param(w.challenge(nil, ""), "algorithm") != "SHA-512" {
		t.Error(err)
	}
}

func TestWhichCredentials(t *testing.T) {
	w := newWorld(t, Options{RealmPrefix: "sip."})
	good := "Authorization: " + w.alice.Answer(w.challenge(nil, ""), request)
	other := strings.Replace(good, "r.example", "other.example", 1)
	for _, tc := range []struct {
		headers string
		want    Result
	}{
		{"X: y", NoCredentials}, {other, NoCredentials}, {good, OK}, {other + "\r\n" + good, OK},
		{"Authorization: Basic abc\r\n" + good, OK}, {"Authorization: Digest\r\n" + good, OK},
		{"Authorization: Digest username\r\n" + good, Failed}, // nobody knows for which realm
		{strings.Replace(good, "r.example", "R.Example", 1), OK},
		{strings.Replace(good, "username", "user", 1), Failed}, {strings.Replace(good, "uri=", "url=", 1), Failed},
		{good + ", qop=auth", Failed}, {strings.Replace(good, "response=\"", "response=\"0", 1), Failed},
		{"Proxy-" + good, NoCredentials},
	} {
		if r := w.check(message(t, "MESSAGE", tc.headers), "wonder", false); r != tc.want {
			t.Errorf("%s: %d, want %d", tc.headers, r, tc.want)
		}
	}
	for _, method := range []string{"ACK", "CANCEL", "PRACK"} {
		if r := w.check(message(t, method), "wonder", false); r != OK {
			t.Errorf("%s: %d", method, r)
		}
	}
	if w.Realm("sip.r.example") != "r.example" || w.Realm("sip") != "sip" {
		t.Error("the prefix is not taken off")
	}
}

func TestEmptyHashFitsNothing(t *testing.T) {
	w := newWorld(t, Options{})
	m := message(t, "MESSAGE", "Authorization: "+w.alice.Answer(w.challenge(nil, ""), request))
	var x Attempt
	if r := w.Begin(&x, m, sip.HdrAuthorization, "r.example"); r != Pending {
		t.Fatal(r)
	}
	x.Response = string(x.Algorithm.AppendResponse(nil, "", &x.Digest, "MESSAGE", ""))
	if r := w.Finish(&x, m, "", "MESSAGE"); r != WrongPassword || m.Authorized != "" {
		t.Errorf("an empty hash: %d, user %q", r, m.Authorized)
	}
}

func TestCheckedHeader(t *testing.T) {
	w := newWorld(t, Options{})
	good := w.alice.Answer(w.challenge(nil, ""), request)
	m := message(t, "MESSAGE", "Authorization: Digest username=\"x\", realm=\"other\"\r\nAuthorization: "+good)
	if Checked(m) != nil || !Has(m, "r.example") || Has(m, "nowhere") {
		t.Error("something was checked already")
	}
	w.check(m, "wrong", false)
	h := Checked(m)
	d, ok := Credentials(m)
	if h == nil || h.Value != good || !ok || d.Username != "alice" {
		t.Errorf("%+v, %+v", h, d)
	}
	if err := m.ApplyChanges(); err != nil || Checked(m) != nil {
		t.Error("the header is still known after the message has changed", err)
	}
}

// TestServersProof has a client check Authentication-Info (RFC 7616 3.5).
func TestServersProof(t *testing.T) {
	w := newWorld(t, Options{Info: true})
	x := w.challenge(nil, "auth")
	m := message(t, "MESSAGE", "Authorization: "+w.alice.Answer(x, request))
	if r := w.check(m, "wonder", false); r != OK || len(m.Answer.Headers) != 1 {
		t.Fatal(r, m.Answer.Headers)
	}
	info := m.Answer.Headers[0]
	proof := w.alice.Answer(x, digesttest.Request{URI: "sip:r.example"})
	want := fmt.Sprintf("Authentication-Info: nextnonce=%q, qop=auth, rspauth=%q, cnonce=%q, nc=00000001\r\n",
		digesttest.Param(x, "nonce"), digesttest.Param(proof, "response"), digesttest.Param(proof, "cnonce"))
	if info != want {
		t.Errorf("%s\nwant %s", info, want)
	}
}

func TestCheckUser(t *testing.T) {
	const a, b = "<sip:alice@r.example>", "<sip:bob@r.example>"
	for _, tc := range []struct {
		method, from, to, uri string
		check                 UserCheck
		want                  Result
	}{
		{"MESSAGE", a, b, "sip:x", UserCheck{}, OK}, {"MESSAGE", b, a, "sip:x", UserCheck{}, WrongUser},
		{"MESSAGE", b, a, "sip:x", UserCheck{SkipForwarded: true}, OK}, {"SUBSCRIBE", b, a, "sip:x", UserCheck{SkipForwarded: true}, WrongUser},
		{"REGISTER", a, a, "sip:x", UserCheck{}, OK}, {"REGISTER", a, b, "sip:x", UserCheck{}, WrongUser},
		{"REGISTER", b, a, "sip:x", UserCheck{SkipForwarded: true}, WrongUser},
		{"REGISTER", a, "<sip:alice@other>", "sip:x", UserCheck{}, OK}, {"REGISTER", a, "<sip:alice@other>", "sip:x", UserCheck{Domains: true}, WrongUser},
		{"PUBLISH", a, a, "sip:alice@x", UserCheck{}, OK}, {"PUBLISH", a, a, "sip:bob@x", UserCheck{}, WrongUser},
		{"PUBLISH", a, a, "sip:alice@x", UserCheck{Domains: true}, WrongUser}, {"PUBLISH", a, a, "broken", UserCheck{}, Failed},
		{"REGISTER", "<broken>", a, "sip:x", UserCheck{}, Failed}, {"REGISTER", a, "<broken>", "sip:x", UserCheck{}, Failed},
	} {
		m := message(t, tc.method, "From: "+tc.from+";tag=1", "To: "+tc.to)
		m.SetURI(tc.uri)
		if r := tc.check.Check(m, "alice"); r != tc.want {
			t.Errorf("%s from %s to %s, %s, %+v: %d, want %d", tc.method, tc.from, tc.to, tc.uri, tc.check, r, tc.want)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		b.Run(algorithm, func(b *testing.B) {
			w := newWorld(b, Options{Algorithms: algorithm})
			m := message(b, "MESSAGE", "Authorization: "+w.alice.Answer(w.challenge(nil, "auth"), request))
			ha1 := find(b, algorithm).HA1("alice", "r.example", "wonder")
			b.ReportAllocs()
			for b.Loop() {
				var x Attempt
				if r := w.Begin(&x, m, sip.HdrAuthorization, "r.example"); r != Pending {
					b.Fatal(r)
				}
				if r := w.Finish(&x, m, ha1, "MESSAGE"); r != OK {
					b.Fatal(r)
				}
			}
		})
	}
}

func BenchmarkChallenge(b *testing.B) {
	w := newWorld(b, Options{})
	m := message(b, "MESSAGE")
	dst := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		dst = w.Append(dst[:0], m, &Challenge{Header: "WWW-Authenticate", Realm: "r.example", QOP: "auth"})
	}
}
