// Package traffic offers SIP load to a server and measures what comes back: callers that start
// operations at an even pace, and the callee at the other side of the server.
//
// Each operation is counted to its end, and its latency runs from before the request is sent to
// after the reply is read. Callers and callee are deliberately simple: they know the messages
// of the load, not SIP.
package traffic

// Domain is the name that the servers under test take for their own.
const Domain = "bench.local"
