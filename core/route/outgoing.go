package route

import "github.com/moonroute/moonroute/core/flow"

// Outgoing is what is known about a message when it is written for its way out.
type Outgoing struct {
	Flow   flow.Flow // the way out; Flow.Local is the socket that sends
	URI    string    // request URI to write; empty: as received
	Path   string    // Route set of the branch, without the header name; empty: none
	Status string    // "404 Not Here" instead of a relayed reply's own code and reason; empty: as received
	Branch string    // branch parameter of our own Via; requests only
	ID     []byte    // the same as bytes that are not kept, in the place of Branch
	Via    flow.Flow // the way that our own Via names instead of Flow, for a request that is too long for a datagram; zero: none
}
