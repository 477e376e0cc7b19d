package tls

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// view is what variables read: the secured connection that a message came over.
type view struct {
	state   *tls.ConnectionState
	session *session
}

// view is nil if the message in hand came over no secured connection, or that has ended.
func (s *state) view(c *kemi.Ctx) *view {
	if c.Msg == nil || !c.Msg.Flow.Proto.Secure() || s.set() == nil {
		return nil
	}
	sec := s.set().Secured(c.Msg.Flow.Conn)
	if sec == nil {
		return nil
	}
	n, ok := sec.Note.(*session)
	if !ok {
		return nil
	}
	return &view{&sec.State, n}
}

// peer and mine are the certificates; nil if there is none.
func (v *view) peer() *x509.Certificate {
	if len(v.state.PeerCertificates) == 0 {
		return nil
	}
	return v.state.PeerCertificates[0]
}

func (v *view) mine() *x509.Certificate { return v.session.profile.leaf }

// attribute reads one thing of a connection; an empty text is null.
type attribute func(*view) string

// attributes are the variables without arguments, which cget knows by the same names.
var attributes = allAttributes()

func allAttributes() map[string]attribute {
	list := map[string]attribute{
		"tls_version":          func(v *view) string { return versionName(v.state.Version) },
		"tls_description":      func(v *view) string { return v.cipher().description() + "\n" },
		"tls_cipher_info":      func(v *view) string { return v.cipher().name },
		"tls_cipher_bits":      func(v *view) string { return v.cipher().bits },
		"tls_peer_server_name": func(v *view) string { return v.state.ServerName },
		"tls_peer_verified":    found(verified),
		"tls_peer_revoked":     found(revoked),
		"tls_peer_expired":     found(expired),
		"tls_peer_selfsigned":  found(selfSigned),
	}
	for side, cert := range map[string]func(*view) *x509.Certificate{"my": (*view).mine, "peer": (*view).peer} {
		for name, read := range certificateAttributes() {
			list["tls_"+side+"_"+name] = ofCertificate(cert, read)
		}
	}
	delete(list, "tls_my_notBefore")
	delete(list, "tls_my_notAfter")
	return list
}

// versionName is OpenSSL's name of a version.
func versionName(v uint16) string {
	if v == tls.VersionTLS10 {
		return "TLSv1"
	}
	return strings.Replace(tls.VersionName(v), "TLS ", "TLSv", 1)
}

func (v *view) cipher() cipher {
	c, ok := cipherOf(v.state.CipherSuite)
	if !ok {
		c = cipher{name: tls.CipherSuiteName(v.state.CipherSuite), since: versionName(v.state.Version)}
	}
	return c
}

func found(want verdict) attribute {
	return func(v *view) string {
		if v.session.verdict == want {
			return "1"
		}
		return "0"
	}
}

type certificateAttribute func(*x509.Certificate) string

func ofCertificate(cert func(*view) *x509.Certificate, read certificateAttribute) attribute {
	return func(v *view) string {
		if c := cert(v); c != nil {
			return read(c)
		}
		return ""
	}
}

// timeLayout is how OpenSSL prints a time.
const timeLayout = "Jan _2 15:04:05 2006 GMT"

// certificateAttributes are what is read of either certificate. As in the incumbent, subject and
// issuer as a whole are null; $tls(p_subject_line) has them.
func certificateAttributes() map[string]certificateAttribute {
	list := map[string]certificateAttribute{
		"subject":         func(*x509.Certificate) string { return "" },
		"issuer":          func(*x509.Certificate) string { return "" },
		"version":         func(c *x509.Certificate) string { return strconv.Itoa(c.Version - 1) },
		"serial":          func(c *x509.Certificate) string { return c.SerialNumber.String() },
		"notBefore":       func(c *x509.Certificate) string { return c.NotBefore.UTC().Format(timeLayout) },
		"notAfter":        func(c *x509.Certificate) string { return c.NotAfter.UTC().Format(timeLayout) },
		"raw_cert":        rawCertificate,
		"urlencoded_cert": func(c *x509.Certificate) string { return urlEncode(rawCertificate(c)) },
	}
	for end, name := range dnParts {
		list["subject_"+end] = func(c *x509.Certificate) string { return part(c.RawSubject, name) }
		if end != "uid" {
			list["issuer_"+end] = func(c *x509.Certificate) string { return part(c.RawIssuer, name) }
		}
	}
	return list
}

func rawCertificate(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

func urlEncode(text string) string {
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-_.~", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}
