package main

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/tests/inproc"
)

const registerScript = `function ksr_request_route()
	if KSR.auth_db.auth_check("example.com", "subscriber", 1) < 0 then
		KSR.auth.auth_challenge("example.com", 0)
	elseif KSR.group.is_user_in(KSR.pv.gete("$fu"), "local") < 0 then
		KSR.sl.send_reply(403, "Not granted")
	else
		KSR.registrar.save("location", 0)
	end
end
`

// TestTheToolsUsersRegister goes the whole way: the operator adds a user, who registers.
func TestTheToolsUsersRegister(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		t.Setenv("SIP_DOMAIN", "")
		dbtest.Tables(t, url)
		s := registrarOn(t, url)
		operate(t, url, []step{
			{args: "user add alice@example.com --hash-only --url @@", in: "s3cret\n", out: "is added"},
		})
		phone := s.Peer("127.0.0.1:0")
		for _, c := range []struct {
			password, want string
			before         []step
		}{
			{"wrong", "401 Unauthorized", nil},
			{"s3cret", "403 Not granted", nil},
			{"s3cret", "200 OK", []step{{args: "acl grant alice@example.com local --url @@", out: "local"}}},
			{"s3cret", "401 Unauthorized", []step{{args: "user passwd alice@example.com --url @@", in: "0ther\n", out: "is changed"}}},
			{"0ther", "200 OK", nil},
			{"0ther", "401 Unauthorized", []step{{args: "user rm alice@example.com --url @@", out: "is removed"}}},
		} {
			operate(t, url, c.before)
			if got := inproc.StartLine(register(phone, c.password)); !strings.HasSuffix(got, c.want) {
				t.Errorf("with the password %s: %s, want %s", c.password, got, c.want)
			}
		}
		operate(t, url, []step{{args: "ul show --db --url @@", out: "alice\tsip:alice@" + phone.Addr.String()}})
	})
}

// registrarOn runs the configuration of a script alone on another database.
func registrarOn(t *testing.T, url string) *inproc.Server {
	cfg, err := os.ReadFile("default.cfg")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("127.0.0.1:5060", "127.0.0.1:"+inproc.FreePort(t), "@SCRIPT@", "@DIR@/routes.lua",
		"sqlite://@DIR@/moonroute.db", url).Replace(string(cfg))
	return inproc.Start(t, inproc.Options{Config: text, Files: []inproc.File{{Name: "routes.lua", Text: registerScript}}})
}

// register asks for a challenge and answers it (RFC 2617 section 3.2.2, without qop).
func register(phone *inproc.Peer, password string) string {
	own := []string{"From: <sip:alice@example.com>;tag=1", "To: <sip:alice@example.com>", "Contact: <sip:alice@" + phone.Addr.String() + ">"}
	challenge := inproc.Header(phone.Ask("REGISTER", "sip:example.com", own...), "WWW-Authenticate")
	_, rest, _ := strings.Cut(challenge, `nonce="`)
	nonce, _, _ := strings.Cut(rest, `"`)
	hash := func(s string) string {
		sum := md5.Sum([]byte(s))
		return hex.EncodeToString(sum[:])
	}
	response := hash(hash("alice:example.com:"+password) + ":" + nonce + ":" + hash("REGISTER:sip:example.com"))
	return phone.Ask("REGISTER", "sip:example.com", append(own, fmt.Sprintf(
		`Authorization: Digest username="alice", realm="example.com", nonce="%s", uri="sip:example.com", response="%s"`, nonce, response))...)
}
