package transport

import (
	"net/netip"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/ws"
)

// Packet is one received message.
type Packet struct {
	// Data is the whole message. It is the one allocation that a packet costs, and nobody ever
	// changes it: parsed parts are substrings of it.
	Data string
	// Flow is where it came from: Local is the socket that received it, Remote the peer, Conn
	// the connection if it came over a stream.
	Flow flow.Flow
	// Behind is for how long the reader has found further packets waiting whenever it came back for more, as
	// load.Gauge counts it. It is 0 for streams, whose peers are slowed down instead.
	Behind time.Duration
	// Answers, if there is one, takes replies to the packet's source that are given before Receive returns. It is for
	// a Receiver that refuses much at once: they cost less than by a Sender.
	Answers Answers
	// Kind is SIP, or HTTP if Options.AcceptHTTP asks for it.
	Kind Kind
}

// Receiver takes what arrived. Receive is called on the goroutine that read the packet and may
// run the whole script there. It returns true if it called c.Relieve: another goroutine
// has taken over this reader's duty, so the caller must end.
type Receiver interface {
	Receive(p Packet, c Carrier) (relieved bool)
}

// Carrier is the duty of a goroutine that brings packets. Relieve starts a replacement for it;
// it is called at most once in a Receive, which then returns true.
type Carrier interface {
	Relieve()
}

// Sender is what the rooms above need to send. Set implements it, and so does a node of fakenet.
type Sender interface {
	// Send is SendWith without options.
	Send(f flow.Flow, data []byte) error
	// SendWith sends one message along a flow. It does not keep data and never waits for the
	// peer. An error says that nothing was sent and o.Failed will not be called.
	//
	// UDP: the datagram goes out of f.Local. Streams: on the connection f.Conn if it is alive, else on
	// any connection to f.Remote, else on a new one.
	SendWith(f flow.Flow, data []byte, o SendOptions) error
	// LocalSocket is the socket that a message to remote leaves from, for the Via header:
	// preferred if it fits, else one like it. It is nil if there is none for the protocol.
	LocalSocket(p flow.Proto, preferred *flow.Socket, remote netip.AddrPort) *flow.Socket
}

// Flusher is a Sender that sends datagrams together if it is told that more follow. Flush sends those that wait; it may be called from any
// goroutine.
type Flusher interface{ Flush() }

// SendOptions changes how one message is sent. The zero value is the usual way.
type SendOptions struct {
	NoConnect bool // use only a connection that exists; ErrNoConnection if there is none
	Exact     bool // use only the connection that the flow names; ErrNoConnection if it has ended
	Close     bool // close the connection once the message has gone out
	FromLocal bool // use only a connection from the address of the flow's socket
	// Failed is called from a goroutine of its own if the message could not be delivered
	// after SendWith returned nil: the connect failed, or the connection broke before its bytes
	// went out. It is called at most once. Datagrams fail late only if they waited for more.
	Failed func(error)
	// More says that others follow: a datagram may wait for them, until Flush is called.
	More bool
	// Opening, if given, is filled in with the connection that the message waits for.
	Opening *Opening

	op      ws.Op // the kind of frame on an upgraded connection; zero: as the message asks for
	upgrade bool  // what follows goes out as frames of WebSocket

	waited bool // SendWait has waited for room: the bounds of the queue do not count
}
