package replication

import (
	"crypto/md5" //nolint:gosec // the digest that phones know
	"fmt"
	"regexp"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/tests/inproc"
)

const (
	user   = "alice"
	domain = "example.test"
	secret = "wonderland"
)

func md5hex(text string) string { return fmt.Sprintf("%x", md5.Sum([]byte(text))) } //nolint:gosec // as above

// users is a database with one user, whose password is kept as its digest only.
func users(t *testing.T) string {
	t.Helper()
	url := dbtest.SQLite(t)
	d := dbtest.Tables(t, url, "subscriber")
	err := d.Write(db.Insert("subscriber", db.Col{Name: "username", Value: user}, db.Col{Name: "domain", Value: domain},
		db.Col{Name: "ha1", Value: md5hex(user + ":" + domain + ":" + secret)}))
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func start(t *testing.T, host, port, peer, peerPort, url string) *inproc.Server {
	t.Helper()
	return inproc.Start(t, inproc.Options{File: "kamailio.cfg", Defines: []string{
		"HOST=" + host, "PORT=" + port, "PEER=" + peer, "PEER_PORT=" + peerPort, fmt.Sprintf("DBURL=%q", url),
	}})
}

var nonce = regexp.MustCompile(`nonce="([^"]+)"`)

// credentials answers a challenge (RFC 2617 without qop).
func credentials(t *testing.T, challenge, uri string) string {
	t.Helper()
	found := nonce.FindStringSubmatch(inproc.Header(challenge, "WWW-Authenticate"))
	if found == nil {
		t.Fatalf("no nonce in\n%s", challenge)
	}
	response := md5hex(md5hex(user+":"+domain+":"+secret) + ":" + found[1] + ":" + md5hex("REGISTER:"+uri))
	return fmt.Sprintf(`Authorization: Digest username="%s", realm="%s", nonce="%s", uri="%s", response="%s"`, user, domain, found[1], uri, response)
}

func TestTheOtherServerKnowsTheContact(t *testing.T) {
	url, port, otherPort := users(t), inproc.FreePort(t), inproc.FreePort(t)
	first := start(t, "127.0.0.1", port, "127.0.0.2", otherPort, url)
	second := start(t, "127.0.0.2", otherPort, "127.0.0.1", port, url)

	phone := first.Peer("127.0.0.1:0")
	account := []string{"From: <sip:alice@example.test>;tag=1", "To: <sip:alice@example.test>", fmt.Sprintf("Contact: <sip:alice@%v>", phone.Addr), "Call-ID: register"}
	phone.Send(phone.Request("REGISTER", "sip:example.test", append(account, "CSeq: 1 REGISTER")...))
	challenge := phone.Expect("401 Unauthorized")
	phone.Send(phone.Request("REGISTER", "sip:example.test", append(account, "CSeq: 2 REGISTER", credentials(t, challenge, "sip:example.test"))...))
	phone.Expect("200 OK")

	caller := second.Peer("127.0.0.2:0")
	caller.Send(caller.Request("MESSAGE", "sip:nobody@example.test"))
	caller.Expect("404 Not Found")
	knows := func() bool { return second.Location.Table("location").Contacts() == 1 }
	for range 200 { // the copy is on its way
		if knows() {
			break
		}
		caller.Send(caller.Request("OPTIONS", "sip:nobody@example.test"))
		caller.Expect("404 Not Found")
	}
	caller.Send(caller.Request("MESSAGE", "sip:alice@example.test"))
	message := phone.Expect("MESSAGE sip:alice@")
	phone.Send(inproc.Reply(message, 200, "OK"))
	caller.Expect("200 OK")
	if copies := first.Core.Stats.Requests.Load(); copies != 2 {
		t.Errorf("the first server got %d requests, want the phone's 2: the second must not send a copy back", copies)
	}
}
