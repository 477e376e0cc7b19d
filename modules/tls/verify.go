package tls

import (
	"crypto/x509"
	"errors"
	"net/netip"
	"strings"
	"time"
)

// verdict is what was found of the peer's certificate.
type verdict uint8

const (
	absent verdict = iota // none was presented
	verified
	expired
	selfSigned
	revoked
	untrusted
)

// isFor tells whether a certificate is for a SIP domain (RFC 5922 7.1): a SIP URI or a DNS name in
// it, or an address. Letters may be small or large (RFC 5922 7.2).
func isFor(cert *x509.Certificate, name string) error {
	for _, u := range cert.URIs {
		if u.Scheme == "sip" && strings.EqualFold(u.Opaque, name) {
			return nil
		}
	}
	if addr, err := netip.ParseAddr(name); err == nil && addr.Is6() {
		name = "[" + name + "]"
	}
	return cert.VerifyHostname(name)
}

// judge checks a chain that a peer presented.
func (p *profile) judge(certs []*x509.Certificate) (verdict, error) {
	o := x509.VerifyOptions{Roots: p.roots, Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if p.role == server {
		o.KeyUsages[0] = x509.ExtKeyUsageClientAuth
	}
	for _, c := range certs[1:] {
		o.Intermediates.AddCert(c)
	}
	chains, err := certs[0].Verify(o)
	if err != nil {
		return reason(certs[0], err), err
	}
	found := untrusted
	for _, chain := range chains {
		if found, err = p.judgeChain(chain); err == nil {
			return verified, nil
		}
	}
	return found, err
}

func reason(cert *x509.Certificate, err error) verdict {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return expired
	case errors.As(err, &unknown) && string(cert.RawIssuer) == string(cert.RawSubject):
		return selfSigned
	}
	return untrusted
}

var (
	errTooDeep = errors.New("more certificates between it and its authority than verify_depth allows")
	errRevoked = errors.New("it is revoked")
	errNoList  = errors.New("crl has no valid list of its authority")
)

// judgeChain applies verify_depth and crl to a chain whose signatures are good.
func (p *profile) judgeChain(chain []*x509.Certificate) (verdict, error) {
	if len(chain)-2 > p.depth {
		return untrusted, errTooDeep
	}
	if len(p.lists) == 0 {
		return verified, nil
	}
	for i, c := range chain[:len(chain)-1] {
		if v, err := p.revocation(c, chain[i+1]); err != nil {
			return v, err
		}
	}
	return verified, nil
}

// revocation looks a certificate up in the list of its issuer. As in the incumbent, an issuer without a valid list vouches
// for nothing.
func (p *profile) revocation(c, issuer *x509.Certificate) (verdict, error) {
	now, found := time.Now(), false
	for _, list := range p.lists {
		if list.CheckSignatureFrom(issuer) != nil || !list.NextUpdate.IsZero() && now.After(list.NextUpdate) {
			continue
		}
		found = true
		for i := range list.RevokedCertificateEntries {
			if list.RevokedCertificateEntries[i].SerialNumber.Cmp(c.SerialNumber) == 0 {
				return revoked, errRevoked
			}
		}
	}
	if !found {
		return untrusted, errNoList
	}
	return verified, nil
}
