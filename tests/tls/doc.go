// Package tls tests whole servers over TLS: against Go's own client and server, and against OpenSSL, Kamailio and
// baresip. Certificates are made by the tests.
package tls
