// Package transport brings SIP messages in and out: UDP, TCP and TLS sockets, framing on streams,
// keep-alives, the table of connections and their limits (RFC 3261 section 18, RFC 5626 4.4.1).
//
// A goroutine that reads a packet calls the Receiver itself and may run the whole script there,
// so that an idle server hands nothing over between goroutines. A script that must wait calls
// Carrier.Relieve, and another goroutine goes on reading meanwhile.
//
// The connections of the system are read by a crew (crew.go): one goroutine that waits for all of them and others that help it while it
// is late, each reading one connection at a time and never waiting for its peer. A connection that brings MSRP gets a goroutine
// of its own, since its frames may be slowed down; so does every one that is not the system's, or where there is no epoll.
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
// Between accept or dial and its first message a connection goes through steps (step.go), in a
// goroutine of its own and with a time limit. TLS is one. A step reads from the layer below and leaves a new
// reader for the layer above, and a sealer, which makes of each message the bytes for the wire. The
// sealer works under the lock of the sending side and never waits, so a message over TLS goes out at once,
// in the goroutine of its sender, by the same way as plain ones. A header before the first
// message (PROXY protocol) joins as a step in front of TLS that takes it off w.in.
//
// An HTTP request may turn its connection into one of WebSocket (Upgrade, ws.go), whoever sends the answer: from then on
// the reader takes frames instead of messages off its buffer (wsread.go), and the outbox frames what goes out,
// before the sealer of TLS gets it. Sockets of WebSocket's own are those of TCP and TLS that bring HTTP only.
//
// Certificates come from Options.Security, so this room knows no files and no profiles.
package transport
