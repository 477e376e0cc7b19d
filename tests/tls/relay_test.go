package tls

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport/tlstest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// TestRelay: a request comes over UDP and goes on over TLS; the reply comes back. A second one uses the same
// connection; one from the far side comes over it too.
func TestRelay(t *testing.T) {
	w := start(t, usual)
	bob := w.far(w.ca.Issue(nil, "bob.test", "127.0.0.1"), nil)
	alice := w.Peer("127.0.0.1:0")
	alice.Send(alice.Request("INVITE", "sip:bob@127.0.0.1", "X-To: "+bob.uri()))
	l := bob.accept(t)
	alice.Expect("100 ")
	invite := l.receive()
	at := w.Address(flow.TLS)
	contains(t, invite, "Via: SIP/2.0/TLS "+at.String()+";", "transport=tls")
	if !strings.HasPrefix(header(invite, "Record-Route"), "<sip:"+at.String()+";transport=tls;") {
		t.Errorf("%s", header(invite, "Record-Route"))
	}
	if certs := l.Conn.(*tls.Conn).ConnectionState().PeerCertificates; len(certs) != 1 || certs[0].Subject.CommonName != "client.test" {
		t.Error("no certificate of ours")
	}
	l.send(inproc.Reply(invite, 200, "OK", "Contact: <sip:bob@"+bob.addr.String()+";transport=tls>"))
	alice.Expect("200 OK")
	alice.Send(alice.Request("MESSAGE", "sip:bob@127.0.0.1", "X-To: "+bob.uri()))
	message := l.receive()
	l.send(inproc.Reply(message, 202, "Accepted"))
	alice.Expect("202 ")
	if n := w.Core.Transports().Stats.TCPConnected.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
	l.send(w.request("OPTIONS", "X-Show: $tls_peer_subject_cn $tls_my_subject_cn"))
	contains(t, l.receive(), "$tls_peer_subject_cn string bob.test\r", "$tls_my_subject_cn string client.test\r")
	w.AwaitLog("event tls:connection-out for INVITE", 1)
}

// TestNextHopIsVerified: what profiles make of the certificate of a server that is connected to.
func TestNextHopIsVerified(t *testing.T) {
	w := start(t, usual+`
[client:any]
server_id = plain
verify_certificate = no
[client:any]
server_id = anyname
ca_list = @DIR@/ca.pem
verify_certificate = yes
[client:any]
server_id = machine
[client:any]
server_id = named
server_name = bob.test
ca_list = @DIR@/ca.pem
[client:any]
server_id = old
verify_certificate = no
method = TLSv1.2
cipher_list = ECDHE-ECDSA-AES128-GCM-SHA256
`)
	right := w.far(w.ca.Issue(nil, "bob.test", "127.0.0.1"), nil)
	noAddress := w.far(w.ca.Issue(nil, "bob.test"), nil)
	foreign := w.far(tlstest.NewAuthority(t, "other").Issue(nil, "bob.test", "127.0.0.1"), nil)
	alice := w.Peer("127.0.0.1:0")
	for i, c := range []struct {
		bob    *far
		header string
		ok     bool
		name   string // the SNI
	}{
		{right, "X-None: 1", true, ""},
		{noAddress, "X-None: 1", false, ""},
		{foreign, "X-None: 1", false, ""},
		{noAddress, "X-Id: anyname", true, ""},
		{foreign, "X-Id: anyname", false, ""},
		{foreign, "X-Id: plain", true, ""},
		{right, "X-Connect: machine", false, ""},
		{noAddress, "X-Connect: named", true, "bob.test"},
		{noAddress, "X-Name: bob.test", true, "bob.test"},
		{noAddress, "X-Name: eve.test", false, "eve.test"},
		{foreign, "X-Connect: old", true, ""},
	} {
		alice.Send(alice.Request("MESSAGE", "sip:bob@127.0.0.1", "X-To: "+c.bob.uri(), c.header))
		l := c.bob.accept(t)
		want := "477 "
		if c.ok {
			l.send(inproc.Reply(l.receive(), 200, "OK"))
			want = "200 "
		} else {
			go func() { _, _ = l.next() }() // the handshake
		}
		if got := inproc.StartLine(alice.Receive()); !strings.Contains(got, want) && !(want == "477 " && strings.Contains(got, " 5")) {
			t.Errorf("%d: %s, want %s", i, got, want)
		}
		if name := <-c.bob.names; name != c.name {
			t.Errorf("%d: asked for %q, want %q", i, name, c.name)
		}
		w.hangUp()
	}
}

// hangUp closes all connections of the server.
func (w *world) hangUp() {
	for _, c := range w.Core.Transports().Connections() {
		w.Core.Transports().CloseConnection(c.ID)
	}
}

// TestEventDrops: a message that the event's function drops is not sent, and no connection is opened.
func TestEventDrops(t *testing.T) {
	w := start(t, usual)
	bob := w.far(w.ca.Issue(nil, "127.0.0.1"), nil)
	alice := w.Peer("127.0.0.1:0")
	got := alice.Ask("MESSAGE", "sip:bob@127.0.0.1", "X-To: "+bob.uri(), "X-Drop: 1")
	if line := inproc.StartLine(got); !strings.HasPrefix(line, "SIP/2.0 4") && !strings.HasPrefix(line, "SIP/2.0 5") {
		t.Errorf("%s", line)
	}
	if n := w.Core.Transports().Stats.TCPConnected.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

// TestSIPSURI: a sips next hop without a port and transport goes over TLS to port 5061.
func TestSIPSURI(t *testing.T) {
	w := start(t, usual)
	ways, err := w.Core.Targets(w.Core.Shards()[0], "sips:bob@127.0.0.1", nil, nil)
	if err != nil || len(ways) != 1 || ways[0].Proto != flow.TLS || ways[0].Remote.Port() != 5061 {
		t.Errorf("%+v %v", ways, err)
	}
}

// TestManyCallers: calls between TLS clients through the server, each over a connection of its own, all at once.
func TestManyCallers(t *testing.T) {
	w := start(t, usual)
	bob := w.far(w.ca.Issue(nil, "127.0.0.1"), nil)
	const clients, each = 8, 20
	done := make(chan error, clients)
	go func() {
		l := bob.accept(t)
		for {
			m, err := l.next()
			if err != nil {
				return
			}
			if _, err := l.Write([]byte(inproc.Reply(m, 200, "OK"))); err != nil {
				return
			}
		}
	}()
	for range clients {
		l := w.client(w.trusting())
		go func() {
			done <- func() error {
				for range each {
					if _, err := l.Write([]byte(w.request("MESSAGE", "X-To: "+bob.uri()))); err != nil {
						return err
					}
					m, err := l.next()
					for err == nil && strings.HasPrefix(m, "SIP/2.0 100") {
						m, err = l.next()
					}
					if err != nil || !strings.HasPrefix(m, "SIP/2.0 200") {
						return fmt.Errorf("%q: %w", m, err)
					}
				}
				return nil
			}()
		}()
	}
	for range clients {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
