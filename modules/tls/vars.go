package tls

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// altNames are the kinds of subject alternative names (RFC 5280 4.2.1.6).
var altNames = map[string]func(*x509.Certificate) []string{
	"email":    func(c *x509.Certificate) []string { return c.EmailAddresses },
	"hostname": func(c *x509.Certificate) []string { return c.DNSNames },
	"uri":      uris,
	"ip":       addresses,
}

func uris(c *x509.Certificate) (list []string) {
	for _, u := range c.URIs {
		list = append(list, u.String())
	}
	return list
}

func addresses(c *x509.Certificate) (list []string) {
	for _, ip := range c.IPAddresses {
		list = append(list, ip.String())
	}
	return list
}

// lines are the names that $tls(name) takes.
var lines = map[string]attribute{
	"m_issuer_line":  ofCertificate((*view).mine, func(c *x509.Certificate) string { return oneLine(c.RawIssuer) }),
	"p_issuer_line":  ofCertificate((*view).peer, func(c *x509.Certificate) string { return oneLine(c.RawIssuer) }),
	"m_subject_line": ofCertificate((*view).mine, func(c *x509.Certificate) string { return oneLine(c.RawSubject) }),
	"p_subject_line": ofCertificate((*view).peer, func(c *x509.Certificate) string { return oneLine(c.RawSubject) }),
}

// variables are the rows of all of these.
func variables() kemi.Vars[state] {
	list := kemi.Vars[state]{{Name: "tls", Named: true, Parse: parseLine, Get: getAttribute, Doc: "names in one line: m_subject_line, m_issuer_line of this server's certificate, p_subject_line, p_issuer_line of the peer's"}}
	for name, read := range attributes {
		list = append(list, kemi.Var[state]{Name: name, Get: getter(read), Doc: describe(name)})
	}
	for side, cert := range map[string]func(*view) *x509.Certificate{"my": (*view).mine, "peer": (*view).peer} {
		for kind, names := range altNames {
			list = append(list, kemi.Var[state]{Name: "tls_" + side + "_san_" + kind, Index: true, Get: altGetter(cert, names),
				Doc: owner(side) + " alternative name of kind " + kind + ": the first, or the one of [index]"})
		}
		list = append(list, kemi.Var[state]{Name: "tls_" + side + "_san_count", Named: true, Parse: parseKind, Get: countGetter(cert),
			Doc: "how many alternative names " + owner(side) + " certificate has of a kind: email, hostname, uri, ip"})
	}
	slices.SortFunc(list, func(a, b kemi.Var[state]) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func owner(side string) string {
	if side == "my" {
		return "this server's"
	}
	return "the peer's"
}

func getter(read attribute) func(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value {
	return func(s *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value { return textOf(s.view(c), read) }
}

func getAttribute(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	return textOf(s.view(c), a.Data.(attribute))
}

func textOf(v *view, read attribute) kemi.Value {
	if v == nil {
		return kemi.Null
	}
	if text := read(v); text != "" {
		return kemi.Str(text)
	}
	return kemi.Null
}

func parseLine(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if read := lines[inner]; read != nil {
		return read, nil
	}
	return nil, fmt.Errorf("$tls(%s): no such name%s", inner, hint(inner, lines))
}

var errKind = errors.New("the kinds are email, hostname, uri and ip")

func parseKind(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if names := altNames[inner]; names != nil {
		return names, nil
	}
	return nil, errKind
}

func altGetter(cert func(*view) *x509.Certificate, names func(*x509.Certificate) []string) func(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value {
	return func(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
		v := s.view(c)
		if v == nil || cert(v) == nil {
			return kemi.Null
		}
		list := names(cert(v))
		i, ok := a.Place(c, len(list))
		if !ok || a.IndexAll() {
			return kemi.Null
		}
		return kemi.Str(list[i])
	}
}

func countGetter(cert func(*view) *x509.Certificate) func(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value {
	return func(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
		v := s.view(c)
		if v == nil || cert(v) == nil {
			return kemi.Null
		}
		return kemi.Int(len(a.Data.(func(*x509.Certificate) []string)(cert(v))))
	}
}

// descriptions are of variables whose name does not say it all.
var descriptions = map[string]string{
	"tls_version":          "version of the protocol: TLSv1.2, TLSv1.3",
	"tls_description":      "the cipher in one line, with a line end",
	"tls_cipher_info":      "name of the cipher, as OpenSSL writes it",
	"tls_cipher_bits":      "bits of the cipher's key",
	"tls_peer_server_name": "name that the peer asked for (SNI)",
	"tls_peer_verified":    "1 if the peer presented a certificate that passed, else 0",
	"tls_peer_revoked":     "1 if its certificate was found revoked, else 0",
	"tls_peer_expired":     "1 if its certificate was found expired, else 0",
	"tls_peer_selfsigned":  "1 if its certificate was found to be signed by itself alone, else 0",
}

func describe(name string) string {
	if text := descriptions[name]; text != "" {
		return text
	}
	_, rest, _ := strings.Cut(name, "_")
	side, what, _ := strings.Cut(rest, "_")
	switch what {
	case "subject", "issuer":
		return "null, as in the incumbent: read $tls(" + side[:1] + "_" + what + "_line)"
	}
	return strings.ReplaceAll(what, "_", " ") + " of " + owner(side) + " certificate"
}
