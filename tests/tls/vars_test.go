package tls

import (
	"crypto/tls"
	"testing"

	"github.com/moonroute/moonroute/core/transport/tlstest"
)

const show = "X-Show: $pr $proto $tls_version $tls_cipher_info $tls_cipher_bits $tls_description $tls_peer_server_name $tls_peer_verified " +
	"$tls_peer_expired $tls_peer_subject $tls_peer_subject_cn $tls_peer_issuer_cn $tls_peer_subject_country $tls_peer_version $tls_peer_san_hostname " +
	"$(tls_peer_san_hostname[1]) $(tls_peer_san_hostname[-1]) $(tls_peer_san_hostname[2]) $tls_peer_san_uri $tls_peer_san_ip $tls_peer_san_email " +
	"$tls_peer_san_count(hostname) $tls_my_subject_cn $tls_my_san_ip $tls(p_subject_line) $tls(m_issuer_line) $tls(bad) $tls_peer_selfsigned"

// TestVariables: the variables have the values and kinds of the incumbent for the same connection.
func TestVariables(t *testing.T) {
	w := start(t, usual)
	cfg := w.trusting()
	cfg.ServerName = "sni.test"
	cfg.InsecureSkipVerify = true
	cfg.MaxVersion = tls.VersionTLS12
	cfg.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384}
	cfg.Certificates = []tls.Certificate{load(t, w, "client")}
	l := w.client(cfg)
	l.send(w.request("OPTIONS", show))
	got := l.receive()
	contains(t, got,
		"$pr string tls\r", "$proto string tls\r", "$tls_version string TLSv1.2\r", "$tls_cipher_info string ECDHE-ECDSA-AES256-GCM-SHA384\r",
		"$tls_cipher_bits string 256\r",
		"$tls_description string ECDHE-ECDSA-AES256-GCM-SHA384  TLSv1.2 Kx=ECDH     Au=ECDSA Enc=AESGCM(256)            Mac=AEAD|",
		"$tls_peer_server_name string sni.test\r", "$tls_peer_verified string 1\r", "$tls_peer_expired string 0\r", "$tls_peer_subject nil nil\r",
		"$tls_peer_subject_cn string client.test\r", "$tls_peer_issuer_cn string Test Authority\r", "$tls_peer_subject_country nil nil\r",
		"$tls_peer_version string 2\r", "$tls_peer_san_hostname string client.test\r", "$(tls_peer_san_hostname[1]) string c2.test\r",
		"$(tls_peer_san_hostname[-1]) string c2.test\r", "$(tls_peer_san_hostname[2]) nil nil\r", "$tls_peer_san_uri string sip:client.test\r",
		"$tls_peer_san_ip string 127.0.0.1\r", "$tls_peer_san_email nil nil\r", "$tls_peer_san_count(hostname) number 2\r",
		"$tls_my_subject_cn string server.test\r", "$tls_my_san_ip string 127.0.0.1\r", "$tls(p_subject_line) string /CN=client.test\r",
		"$tls(m_issuer_line) string /CN=Test Authority\r", "$tls(bad) nil nil\r", "$tls_peer_selfsigned string 0\r", "X-Verified: 1 TLSv1.2\r")

	l = w.client(w.trusting())
	l.send(w.request("OPTIONS", show))
	contains(t, l.receive(), "$tls_version string TLSv1.3\r", "$tls_peer_verified string 0\r", "$tls_peer_subject_cn nil nil\r", "$tls_peer_version nil nil\r",
		"$tls_my_subject_cn string server.test\r", "$tls_peer_san_count(hostname) nil nil\r", "X-Verified: -1 TLSv1.3\r")

	udp := w.Peer("127.0.0.1:0").Ask("OPTIONS", "sip:127.0.0.1", show)
	contains(t, udp, "$pr string udp\r", "$tls_version nil nil\r", "$tls_peer_verified nil nil\r", "$tls_my_subject_cn nil nil\r", "X-Verified: -1 \r")
}

func load(t *testing.T, w *world, name string) tls.Certificate {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(w.dir+"/"+name+".pem", w.dir+"/"+name+".key")
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

// TestClientCertificates: who may connect, by profile and name.
func TestClientCertificates(t *testing.T) {
	w := start(t, usual+`
[server:any]
server_name = must.test
certificate = @DIR@/server.pem
private_key = @DIR@/server.key
ca_list = @DIR@/ca.pem
require_certificate = yes
[server:any]
server_name = any.test
certificate = @DIR@/server.pem
private_key = @DIR@/server.key
verify_client = optional_no_ca
[server:any]
server_name = nobody.test
certificate = @DIR@/server.pem
private_key = @DIR@/server.key
require_certificate = yes
`)
	good := load(t, w, "client")
	foreign := tlstest.NewAuthority(t, "other").Issue(nil, "client.test").Certificate
	for _, c := range []struct {
		name string
		cert *tls.Certificate
		want string // the X-Verified header; empty: refused
	}{
		{"server.test", nil, "-1 TLSv1.3"},
		{"server.test", &good, "1 TLSv1.3"},
		{"server.test", &foreign, ""},
		{"must.test", nil, ""},
		{"must.test", &good, "1 TLSv1.3"},
		{"any.test", &foreign, "-1 TLSv1.3"},
		{"any.test", nil, "-1 TLSv1.3"},
		{"nobody.test", &good, ""},
	} {
		cfg := &tls.Config{InsecureSkipVerify: true, ServerName: c.name}
		if c.cert != nil {
			cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return c.cert, nil } // whatever authorities are asked for
		}
		l := w.client(cfg) // TLS 1.3 tells a client of a refusal with the first bytes
		_, _ = l.Write([]byte(w.request("OPTIONS")))
		reply, err := l.next()
		if got := header(reply, "X-Verified"); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s, certificate %v: %q %v, want %q", c.name, c.cert != nil, got, err, c.want)
		}
	}
	w.AwaitLog("connection not accepted", 3) // the clients hear of it first
}
