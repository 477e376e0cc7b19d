// Package transport brings SIP messages in and out: UDP and TCP sockets, framing on streams,
// keep-alives, the table of connections and their limits (RFC 3261 section 18, RFC 5626 4.4.1).
//
// A goroutine that reads a packet calls the Receiver itself and may run the whole script there,
// so that an idle server hands nothing over between goroutines. A script that must wait calls
// Carrier.Relieve, and another goroutine goes on reading meanwhile.
//
// Sending never blocks on a peer: a datagram goes out at once, bytes for a stream go out at
// once or into a bounded queue that a goroutine drains.
//
// Sockets come from a Net, so that tests hand in one that lives in memory. Timeouts use the
// deadlines of its connections and the time package, which testing/synctest can move.
//
// Connections bring MSRP besides SIP: the first bytes of each message decide, and Streams takes the
// frames of MSRP off as they come. SendWait lets it slow a sender down to the pace of a receiver.
//
// A protocol on top of a stream adds two things to what is here: how a connection is dialed or
// accepted (a handshake around the net.Conn), and how messages are framed on it (a Framer).
package transport
