package digest

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/digest/digesttest"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// world is an authenticator with its clock, and a client who knows the password.
type world struct {
	*Authenticator
	t     testing.TB
	clock *clock.Manual
	alice digesttest.Client
}

var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func newWorld(t testing.TB, o Options) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewManual(start), alice: digesttest.Client{User: "alice", Password: "wonder"}}
	o.Clock = w.clock
	if o.NonceExpire == 0 {
		o.NonceExpire = 300
	}
	if o.MaxDrift == 0 {
		o.MaxDrift = 3
	}
	var err error
	if w.Authenticator, err = New(o); err != nil {
		t.Fatal(err)
	}
	return w
}

// message is a request with some headers added or replaced ("Name: value").
func message(t testing.TB, method string, headers ...string) *route.Message {
	t.Helper()
	lines := []string{
		method + " sip:r.example SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", "From: <sip:alice@r.example>;tag=1",
		"To: <sip:alice@r.example>", "Call-ID: c1", "CSeq: 1 " + method,
	}
next:
	for _, h := range headers {
		name, _, _ := strings.Cut(h, ":")
		for i := range lines {
			if i > 0 && strings.HasPrefix(lines[i], name+":") {
				lines[i] = h
				continue next
			}
		}
		lines = append(lines, h)
	}
	received := new(sip.Message)
	if err := received.Parse(strings.Join(lines, "\r\n") + "\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	m := new(route.Message)
	m.Begin(received)
	m.Flow.Remote = netip.MustParseAddrPort("192.0.2.1:5060")
	return m
}

// challenge is the header value of a new challenge for a message.
func (w *world) challenge(m *route.Message, qop string) string {
	line := string(w.Append(nil, m, &Challenge{Header: "X", Realm: "r.example", QOP: qop}))
	return strings.TrimSuffix(strings.TrimPrefix(line, "X: "), "\r\n")
}

// check is the result of credentials in a message.
func (w *world) check(m *route.Message, password string, keep bool) Result {
	w.t.Helper()
	x := Attempt{Keep: keep}
	r := w.Begin(&x, m, sip.HdrAuthorization, "r.example")
	if r != Pending {
		return r
	}
	return w.Finish(&x, m, x.Algorithm.HA1(x.Username, x.Realm, password), m.MethodName)
}

// answer is the result of a MESSAGE with the client's answer to a challenge.
func (w *world) answer(challenge string, headers ...string) Result {
	w.t.Helper()
	value := w.alice.Answer(challenge, digesttest.Request{Method: "MESSAGE", URI: "sip:r.example"})
	return w.check(message(w.t, "MESSAGE", append(headers, "Authorization: "+value)...), "wonder", false)
}
