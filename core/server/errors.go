package server

import (
	"errors"
	"fmt"

	"github.com/moonroute/moonroute/core/tm"
)

// The reasons why a message cannot be sent on. Scripts see them as return codes of t_relay and forward.
var (
	// ErrBadURI says that a URI is none that a request can be sent to (tel:, urn:).
	ErrBadURI = errors.New("server: URI has no next hop")
	// ErrNoSocket says that the server has no socket of the protocol. Transactions know it as theirs.
	ErrNoSocket = fmt.Errorf("server: %w", tm.ErrNoSocket)
)
