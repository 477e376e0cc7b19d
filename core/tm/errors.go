package tm

import (
	"errors"
	"strconv"

	"github.com/moonroute/moonroute/core/route"
)

// Errors by which Targets tells why there is no way.
var (
	// ErrBadURI says that the next hop is no URI that can be sent to.
	ErrBadURI = errors.New("tm: next hop is not a SIP URI")
	// ErrNoSocket says that the server has no socket for the next hop's transport.
	ErrNoSocket = errors.New("tm: no socket for the next hop")
)

// errBlocked says that every address of the next hop is on the blocklist.
var errBlocked = errors.New("tm: destination is on the blocklist")

// failure is the reply that an error of this layer becomes.
type failure route.Failure

// errorReply is the reply for an error code.
func errorReply(rc int) failure {
	f := failure{Code: 500, Reason: "I'm terribly sorry, server error occurred", Detail: strconv.Itoa(-rc)}
	switch rc {
	case errDelivery:
		f.Code, f.Reason = 477, "Unfortunately error on sending to next hop occurred"
	case errAddress:
		f.Code, f.Reason = 478, "Unresolvable destination"
	}
	return f
}

// sendError is why the last t_relay could send nothing, or a general failure.
func (t *Transaction) sendError() int {
	if t.unsent != 0 {
		return t.unsent
	}
	return failed
}

// text is the code, and the reason with the error's number.
func (f failure) text() (code int, reason string) {
	return f.Code, f.Reason + " (" + f.Detail + "/TM)"
}
