package httpclient

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Reason says why a request failed that took so long, in the words that libcurl has for it where they are known. They
// name the host, the port and what is wrong with a certificate, other than those of Text.
func Reason(err error, took time.Duration) string {
	code := Code(err)
	switch code {
	case codeResolve:
		if e, ok := errors.AsType[*net.DNSError](err); ok {
			return "Could not resolve host: " + e.Name
		}
	case codeConnect:
		return connectReason(err, took)
	case codeNothing:
		return "Empty reply from server"
	case codePeerCert:
		return certificateReason(err)
	case codeCAFile, codeOwnCert, codeCipher:
		return strings.TrimPrefix(err.Error(), "httpclient: ")
	case codeRedirects:
		return fmt.Sprintf("Maximum (%d) redirects followed", maxRedirects)
	case codeReceive:
		if strings.HasSuffix(err.Error(), "connection reset by peer") {
			return "Recv failure: Connection reset by peer"
		}
	}
	return Text(code)
}

func connectReason(err error, took time.Duration) string {
	e, ok := errors.AsType[*url.Error](err)
	if !ok {
		return Text(codeConnect)
	}
	u, parseErr := url.Parse(e.URL)
	if parseErr != nil {
		return Text(codeConnect)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return fmt.Sprintf("Failed to connect to %s port %s after %d ms: %s", u.Hostname(), port, took.Milliseconds(), Text(codeConnect))
}

func certificateReason(err error) string {
	if e, ok := errors.AsType[x509.HostnameError](err); ok {
		return "SSL: no alternative certificate subject name matches target host name '" + e.Host + "'"
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		return "SSL certificate problem: certificate has expired"
	}
	if e, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		if e.Cert != nil && e.Cert.CheckSignatureFrom(e.Cert) == nil {
			return "SSL certificate problem: self-signed certificate"
		}
		return "SSL certificate problem: unable to get local issuer certificate"
	}
	return Text(codePeerCert)
}
