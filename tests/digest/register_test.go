// Package digest_test registers a user with digest credentials at a whole server: the stock build with a Lua script, and
// its subscribers in a database.
package digest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/digest/digesttest"
	"github.com/moonroute/moonroute/tests/inproc"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const config = `#!KAMAILIO
listen=udp:127.0.0.1:PORT
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "auth.so"
loadmodule "auth_db.so"
loadmodule "app_lua.so"
modparam("auth", "algorithm", "ALGORITHM")
modparam("auth", "nonce_count", 1)
modparam("auth_db", "db_url", "DATABASE")
modparam("auth_db", "calculate_ha1", 1)
modparam("auth_db", "password_column", "password")
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// script goes stateful first, so that retransmissions do not come to the check.
const script = `
function ksr_request_route()
	KSR.tm.t_newtran()
	local rc = KSR.auth_db.auth_check("r.example", "subscriber", 1)
	if rc < 0 then
		KSR.auth.auth_challenge("r.example", FLAGS + (rc == -4 and 16 or 0))
		return
	end
	KSR.tm.t_reply(200, "Welcome " .. KSR.pv.gete("$au"))
end`

// server has alice as its only subscriber.
func server(t *testing.T, database, algorithm string, flags int) *inproc.Peer {
	t.Helper()
	d := dbtest.Tables(t, database, "subscriber")
	if err := d.Write(db.Insert("subscriber", db.Col{Name: "username", Value: "alice"}, db.Col{Name: "password", Value: "wonder"})); err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("PORT", inproc.FreePort(t), "ALGORITHM", algorithm, "DATABASE", database).Replace(config)
	s := inproc.Start(t, inproc.Options{
		Config: text, Files: []inproc.File{{Name: "routes.lua", Text: strings.ReplaceAll(script, "FLAGS", fmt.Sprint(flags))}},
	})
	return s.Peer("127.0.0.1:0")
}

// register sends a REGISTER of alice and gives the reply.
func register(p *inproc.Peer, body string, headers ...string) string {
	headers = append(headers, "From: <sip:alice@r.example>;tag=1", "To: <sip:alice@r.example>", fmt.Sprintf("Content-Length: %d", len(body)))
	p.Send(p.Request("REGISTER", "sip:r.example", headers...) + body)
	return p.Receive()
}

func TestRegister(t *testing.T) {
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		for flags, qop := range []string{"", "auth", "auth-int"} {
			t.Run(algorithm+" "+qop, func(t *testing.T) {
				dbtest.Each(t, func(t *testing.T, database string) { registration(t, server(t, database, algorithm, flags), qop) })
			})
		}
	}
}

// registration is a client's whole way, with the mistakes that it may make.
func registration(t *testing.T, p *inproc.Peer, qop string) {
	t.Helper()
	const body = "not what a REGISTER needs, but covered by auth-int"
	r := digesttest.Request{Method: "REGISTER", URI: "sip:r.example", Body: body}
	alice := digesttest.Client{User: "alice", Password: "wonder"}
	expect := func(reply, line string) {
		t.Helper()
		if got := inproc.StartLine(reply); got != line {
			t.Fatalf("%q, want %q\n%s", got, line, reply)
		}
	}
	first := register(p, body)
	expect(first, "SIP/2.0 401 Unauthorized")
	challenge := inproc.Header(first, "WWW-Authenticate")
	if digesttest.Param(challenge, "qop") != qop {
		t.Fatal(challenge)
	}
	answer := func(c digesttest.Client) string { return "Authorization: " + c.Answer(challenge, r) }
	expect(register(p, body, answer(digesttest.Client{User: "alice", Password: "guess", Count: 1})), "SIP/2.0 401 Unauthorized")
	alice.Count = 2
	expect(register(p, body, answer(alice)), "SIP/2.0 200 Welcome alice")
	if qop == "" {
		return
	}
	replayed := register(p, body, answer(alice))
	expect(replayed, "SIP/2.0 401 Unauthorized")
	if challenge := inproc.Header(replayed, "WWW-Authenticate"); digesttest.Param(challenge, "stale") != "true" {
		t.Error("the client is not told that only its nonce is wrong:", challenge)
	}
	alice.Count = 3
	tampered := map[string]string{"auth": "SIP/2.0 200 Welcome alice", "auth-int": "SIP/2.0 401 Unauthorized"}[qop]
	expect(register(p, strings.ToUpper(body), answer(alice)), tampered)
}
