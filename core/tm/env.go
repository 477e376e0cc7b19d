package tm

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
)

// Timers are the shard's timing wheel. Everything here is called inside the shard.
type Timers interface {
	// ArmAfter has t fire d after the instant now.
	ArmAfter(t *clock.Timer, now time.Time, d time.Duration)
	Stop(t *clock.Timer)
	// InCall runs a job in the order of the call: at once, or after a job of the call that waits.
	InCall(key uint64, j Job)
}

// Job is something to be run inside the shard.
type Job interface{ Run() }

// Sender puts messages on the wire. It must not keep data. A failure that shows later, a
// refused connection say, is told to fail from any goroutine; fail may be nil.
type Sender interface {
	Send(f flow.Flow, data []byte, mode route.SendMode, fail func(error)) error
	// SendRequest is Send for a request. Where a connection has to be opened for it, it lets go of the
	// shard for a moment, so that a refusal is known at once; fail may be told of it all the same.
	SendRequest(f flow.Flow, data []byte, mode route.SendMode, fail func(error)) error
}

// Targets finds the addresses of a next hop, the best first. It may let go of the shard for a
// name lookup; literal addresses never block.
type Targets interface {
	Targets(uri string, sock *flow.Socket, m *route.Message) ([]flow.Flow, error)
	// DefaultSocket is the socket that a message to an address leaves from if nothing speaks for another one.
	// It is asked only where Targets has found a socket.
	DefaultSocket(p flow.Proto, to netip.AddrPort) *flow.Socket
}

// Widener knows a stream for requests that are too long for a datagram (RFC 3261 18.1.1).
type Widener interface {
	// Wider is the way for a request of that many bytes, if it may not leave by the way f; else ok is false.
	Wider(f flow.Flow, size int) (wider flow.Flow, ok bool)
}

// Env is what a table is given.
type Env struct {
	Shard   int // the table's shard, below 256
	Clock   clock.Clock
	Timers  Timers
	Sender  Sender
	Targets Targets
	Widener Widener // nil: every request leaves by the way of its next hop
	Script  route.Script
	Params  *Params
	Stats   *Stats
	Hooks   *Hooks // may be nil
	Log     *log.Logger
	// Blocklist holds destinations to be left out; nil: none ever is.
	Blocklist *blocklist.List

	// Post brings f back into the shard from any goroutine, in the order of the call.
	Post func(key uint64, f func())
	// CallHash is the hash of a Call-ID as route.Message.CallHash has it.
	CallHash func(callID string) uint64
	// Random gives random bits; nil: the runtime's generator. A simulation hands in its own.
	Random func() uint32
	// ServerHeader and UserAgentHeader are lines without CRLF for replies and requests made
	// here; empty: none.
	ServerHeader, UserAgentHeader string
	// AdvertiseHost and AdvertisePort are what the Vias of requests made here name instead of the socket; empty: nothing.
	AdvertiseHost, AdvertisePort string
	// Forward passes a request on without state: an end-to-end ACK, a CANCEL that matches
	// nothing. nextHop is a URI that takes the place of the message's own next hop; empty: none.
	Forward func(m *route.Message, nextHop string) error
}

func (e *Env) random() uint32 {
	if e.Random != nil {
		return e.Random()
	}
	return rand.Uint32()
}
