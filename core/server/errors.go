package server

import "errors"

// The reasons why a message cannot be sent on. Scripts see them as return codes of t_relay and forward.
var (
	// ErrBadURI says that a URI is none that a request can be sent to (tel:, urn:).
	ErrBadURI = errors.New("server: URI has no next hop")
	// ErrNoSocket says that the server has no socket of the protocol.
	ErrNoSocket = errors.New("server: no socket to send from")
)
