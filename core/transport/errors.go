package transport

import "errors"

// What sending can fail with; compare with errors.Is.
var (
	ErrNoSocket       = errors.New("transport: no local socket for this protocol and address family")
	ErrNoConnection   = errors.New("transport: no connection to the peer, and none may be made")
	ErrTooManyConns   = errors.New("transport: limit of connections reached")
	ErrQueueFull      = errors.New("transport: send queue full")
	ErrConnClosed     = errors.New("transport: connection closed")
	ErrUnknownProto   = errors.New("transport: protocol not spoken here")
	ErrAliasTaken     = errors.New("transport: alias belongs to another connection")
	ErrTooManyAliases = errors.New("transport: connection has too many aliases")
	ErrUpgraded       = errors.New("transport: connection upgraded already")
	ErrNoSecurity     = errors.New("transport: no certificates for secured connections")
)

// Why a stream's bytes cannot be framed; each one closes the connection.
var (
	ErrGarbage       = errors.New("transport: not a message")
	ErrHeaderTooLong = errors.New("transport: message header too long")
	ErrBodyTooLong   = errors.New("transport: message body too long")
	ErrNoLength      = errors.New("transport: message without Content-Length")
	ErrBadLength     = errors.New("transport: bad Content-Length")
	ErrEncoded       = errors.New("transport: HTTP body with a Transfer-Encoding")
	ErrNotSpoken     = errors.New("transport: MSRP on a SIP connection")
	ErrNotUpgraded   = errors.New("transport: only an upgrade to WebSocket is taken on this socket")
	ErrPlainText     = errors.New("transport: plain text where a TLS handshake was expected")
	ErrTLSHello      = errors.New("transport: TLS handshake where plain text was expected")
)

// Why the server closed a connection by itself.
var (
	errIdle        = errors.New("transport: connection idle for its lifetime")
	errSlowMessage = errors.New("transport: message not complete in time")
	errSlowPeer    = errors.New("transport: peer took no bytes for too long")
	errShutdown    = errors.New("transport: server stops")
	errAsked       = errors.New("transport: closed on request")

	errHandshakesBusy = errors.New("transport: too many TLS handshakes at a time")
)
