package rpc

import (
	"errors"
	"fmt"
	"strings"
)

// Fault is an error that the client is told of, with Kamailio's codes: 400 for a wrong
// request, 404 for something that is not there, 500 for everything else.
type Fault struct {
	Code    int
	Message string
}

// Error implements error.
func (f *Fault) Error() string { return fmt.Sprintf("rpc: %d %s", f.Code, f.Message) }

var (
	// ErrMethodNotFound is returned for a command that nobody registered. Each carrier
	// has its own words for it.
	ErrMethodNotFound = errors.New("rpc: method not found")
	// ErrMalformed is returned for a request that is not JSON or not a binary packet.
	ErrMalformed = errors.New("rpc: malformed request")
	// ErrTooLarge is returned for a request or a reply over the carrier's limit.
	ErrTooLarge = errors.New("rpc: message too large")
	// ErrInUse is returned when another process answers on the socket or FIFO.
	ErrInUse = errors.New("rpc: address is in use")
)

// tooLargeReply begins the fault that takes the place of a reply over the carrier's limit.
const tooLargeReply = "Reply Too Large"

// ReplyTooLarge tells whether a server refused a command because the answer does not fit.
func ReplyTooLarge(err error) bool {
	var f *Fault
	return errors.As(err, &f) && strings.HasPrefix(f.Message, tooLargeReply)
}

// ParamError says that a parameter is missing or of another kind than the command reads.
//
// A command may return it as it is. Binary clients then get it as a fault with code 400,
// if the command added no value before; JSON clients get the values that were added, or
// none. This difference is Kamailio's, and so are the words.
type ParamError struct {
	Index int
	Want  string // "string", "integer" or "float"
	// Missing is set when there are fewer parameters.
	Missing bool
}

// Error implements error.
func (e *ParamError) Error() string {
	found := "record doesn't match type"
	if e.Missing {
		found = "end of packet encountered"
	}
	return fmt.Sprintf("error at parameter %d: expected %s type but %s", e.Index, e.Want, found)
}

// faultOf turns what a command returned into what the client is told.
func faultOf(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	var p *ParamError
	if errors.As(err, &p) {
		return &Fault{400, p.Error()}
	}
	return &Fault{500, err.Error()}
}
