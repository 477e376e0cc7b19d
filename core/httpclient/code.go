package httpclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
)

// The numbers that libcurl has for failures, of those that can happen here. They are below 100, so that
// scripts tell them from the codes of HTTP.
const (
	codeScheme    = 1
	codeURL       = 3
	codeProxy     = 5
	codeResolve   = 6
	codeConnect   = 7
	codeTimeout   = 28
	codeTLS       = 35
	codeRedirects = 47
	codeNothing   = 52
	codeSend      = 55
	codeReceive   = 56
	codeOwnCert   = 58
	codeCipher    = 59
	codePeerCert  = 60
	codeCAFile    = 77
)

var codeTexts = map[int]string{
	0: "No error", codeScheme: "Unsupported protocol", codeURL: "URL using bad/illegal format or missing URL",
	codeProxy: "Couldn't resolve proxy name", codeResolve: "Couldn't resolve host name", codeConnect: "Couldn't connect to server",
	codeTimeout: "Timeout was reached", codeTLS: "SSL connect error", codeRedirects: "Number of redirects hit maximum amount",
	codeNothing: "Server returned nothing (no headers, no data)", codeSend: "Failed sending data to the peer",
	codeReceive: "Failure when receiving data from the peer", codeOwnCert: "Problem with the local SSL certificate",
	codeCipher: "Couldn't use specified SSL cipher", codePeerCert: "SSL peer certificate or SSH remote key was not OK",
	codeCAFile: "Problem with the SSL CA cert (path? access rights?)",
}

// Text says in words what a number means: a failure, or a code of HTTP.
func Text(code int) string {
	switch {
	case code < 0 || code >= 1000:
		return "Bad CURL error code"
	case code >= 100:
		return "HTTP result code"
	}
	if text, ok := codeTexts[code]; ok {
		return text
	}
	return "Unknown error"
}

// Code is the number of an error of New or Do.
func Code(err error) int {
	for _, kind := range kinds {
		if kind.is(err) {
			return kind.code
		}
	}
	return codeReceive
}

// kinds are asked in their order: a timeout, for one, may be that of a connection or of a lookup.
var kinds = []struct {
	code int
	is   func(error) bool
}{
	{codeScheme, is(ErrScheme)},
	{codeURL, is(ErrURL)},
	{codeCAFile, is(errAuthorities)},
	{codeOwnCert, is(errOwnCert)},
	{codeCipher, is(ErrCipher)},
	{codeRedirects, is(errRedirects)},
	{codeTimeout, isTimeout},
	{codeResolve, as[*net.DNSError]},
	{codePeerCert, as[*tls.CertificateVerificationError]},
	{codePeerCert, as[x509.UnknownAuthorityError]},
	{codePeerCert, as[x509.HostnameError]},
	{codePeerCert, as[x509.CertificateInvalidError]},
	{codeTLS, is(http.ErrSchemeMismatch)},
	{codeTLS, as[tls.RecordHeaderError]},
	{codeTLS, as[tls.AlertError]},
	{codeConnect, isDial},
	{codeNothing, is(io.EOF)},
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func as[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return errors.Is(err, context.DeadlineExceeded) || ok && e.Timeout()
}

func isDial(err error) bool {
	e, ok := errors.AsType[*net.OpError](err)
	return ok && e.Op == "dial"
}
