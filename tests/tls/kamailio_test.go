package tls

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport/tlstest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// kamailioConfig is a proxy that verifies its peers both ways: it sends on what a header asks for.
const kamailioConfig = `
debug=2
log_stderror=yes
children=1
tcp_children=1
enable_tls=yes
listen=udp:127.0.0.1:%[1]s
listen=tls:127.0.0.1:%[2]s
loadmodule "tls.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "maxfwd.so"
modparam("tls", "config", "%[3]s")
request_route {
	append_hf("X-Peer: $tls_peer_subject_cn $tls_peer_verified\r\n");
	if ($hdr(X-Then) != $null) {
		$du = $hdr(X-Then);
		remove_hf("X-Then");
		t_relay();
		exit;
	}
	sl_send_reply("200", "Kamailio");
}
`

// TestKamailio: requests go from this server to a Kamailio over TLS and from there back to it, each with
// certificates verified by the other.
func TestKamailio(t *testing.T) {
	need(t, "kamailio")
	w := start(t, strings.Replace(usual, "verify_certificate = yes", "require_certificate = yes", 1))
	udp, secured := inproc.FreePort(t), inproc.FreePort(t)
	w.ca.Issue(nil, "kamailio.test", "127.0.0.1").Write(t, w.dir, "kamailio")
	profile := strings.ReplaceAll("method = TLSv1.2+\nverify_certificate = yes\nrequire_certificate = yes\nprivate_key = DIR/kamailio.key\ncertificate = DIR/kamailio.pem\nca_list = DIR/ca.pem\n", "DIR", w.dir)
	profiles := tlstest.File(t, w.dir, "kamailio-tls.cfg", []byte("[server:default]\n"+profile+"[client:default]\n"+profile))
	cfg := tlstest.File(t, w.dir, "kamailio.cfg", fmt.Appendf(nil, kamailioConfig, udp, secured, profiles))
	log := spawn(t, w.dir, "kamailio", "-f", cfg, "-DD", "-E", "-Y", w.dir, "-P", w.dir+"/pid")
	listening(t, "127.0.0.1:"+secured)
	defer func() {
		if t.Failed() {
			t.Logf("kamailio's log:\n%s", log.text)
		}
	}()

	kamailio := "sip:127.0.0.1:" + secured + ";transport=tls"
	alice := w.Peer("127.0.0.1:0")
	for n := range 3 {
		// Kamailio sends the request back to this server, whose script sends it to Kamailio again, which answers
		// now that X-Then is gone.
		alice.Send(alice.Request("MESSAGE", "sip:bob@127.0.0.1", "X-To: "+kamailio,
			"X-Then: sip:"+w.Address(flow.TLS).String()+";transport=tls", fmt.Sprintf("X-Round: %d", n)))
		got := alice.Receive()
		if line := inproc.StartLine(got); line != "SIP/2.0 200 Kamailio" {
			t.Fatalf("%s\n%s", line, got)
		}
	}
	stats := &w.Core.Transports().Stats
	if stats.TCPAccepted.Load() != 1 || stats.HandshakeErrors.Load() != 0 {
		t.Errorf("accepted %d, failed handshakes %d", stats.TCPAccepted.Load(), stats.HandshakeErrors.Load())
	}
}
