package msrp

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

// Handler decides what becomes of a frame. It is called on the goroutine that reads the connection,
// one frame at a time for each connection, and may block: the peer waits meanwhile.
type Handler interface{ Handle(x *Exchange) }

// Sender brings frames to peers; transport.Set is one.
type Sender interface {
	SendWith(f flow.Flow, data []byte, o transport.SendOptions) error
	SendWait(f flow.Flow, data []byte, o transport.SendOptions) error
	Reaches(f flow.Flow) bool
}

// Options are what a relay is made of; Sender, Handler and Clock are required.
type Options struct {
	Sender  Sender
	Handler Handler
	Clock   clock.Clock
	Limits  Limits
	// Waiting is how many requests may wait for their reply, so that a failure can be reported;
	// past it the oldest are forgotten. 0: 65536.
	Waiting int
}

// Stats count what the relay did; read them at any time.
type Stats struct {
	Requests  atomic.Uint64 // frames that the handler was given, replies apart
	Replies   atomic.Uint64
	Relayed   atomic.Uint64 // frames and chunks that were passed on
	Chunks    atomic.Uint64 // pieces of long frames after the first
	Refused   atomic.Uint64 // requests that were answered with 400
	Failed    atomic.Uint64 // frames that could not be passed on
	Reports   atomic.Uint64 // reports of failure that were made here
	Forgotten atomic.Uint64 // requests whose failure will not be reported, for too many wait
}

// Relay serves MSRP on the connections of a server. It is safe for use by several goroutines.
type Relay struct {
	Stats   Stats
	opt     Options
	waiting waiting
}

// New makes a relay.
func New(o Options) *Relay {
	o.Limits.SetDefaults()
	if o.Waiting <= 0 {
		o.Waiting = 1 << 16
	}
	r := &Relay{opt: o}
	r.waiting.init(o.Waiting)
	return r
}

// Reaches tells whether there is a connection for a flow already.
func (r *Relay) Reaches(f flow.Flow) bool { return r.opt.Sender.Reaches(f) }

// Serve implements transport.Streams: it takes one frame off a connection, has it handled, and
// sends what the handler asked for.
func (r *Relay) Serve(in transport.Stream) error { return r.serve(in) }

// input is the part of transport.Stream that a relay reads.
type input interface {
	Flow() flow.Flow
	Bytes() []byte
	Fill() error
	Discard(n int)
}

func (r *Relay) serve(in input) error {
	c := &Cutter{Limits: r.opt.Limits}
	f, size, err := c.Cut(in.Bytes())
	for f == nil && err == nil {
		if err = in.Fill(); err == nil {
			f, size, err = c.Cut(in.Bytes())
		}
	}
	switch {
	case err != nil:
		return err
	case f.Flag == More && f.Method != "SEND":
		return ErrTooMuch // only a SEND can be cut into chunks
	}
	in.Discard(size)
	c.Took(c.scanned)
	x := &Exchange{Frame: f, From: in.Flow(), relay: r, more: f.Flag == More}
	x.run()
	if !x.more {
		return nil
	}
	if err := r.passOn(in, c, x); err != nil {
		return err
	}
	x.more = false
	x.send()
	return nil
}

// run has the frame handled and sends what is asked for, in this order.
func (x *Exchange) run() {
	r := x.relay
	if !x.Frame.IsRequest() {
		if r.replied(x) {
			return
		}
		r.Stats.Replies.Add(1)
	} else if !x.sound() {
		return
	} else {
		r.Stats.Requests.Add(1)
	}
	r.opt.Handler.Handle(x)
	x.send()
}

// sound answers a request that cannot be read with 400 (RFC 4975 7.2); a report gets no reply.
func (x *Exchange) sound() bool {
	err := x.Frame.Check(&x.relay.opt.Limits)
	if err == nil {
		return true
	}
	x.relay.Stats.Refused.Add(1)
	if x.Frame.Method != "REPORT" && !errors.Is(err, ErrTooLarge) {
		x.Reply(400, "Bad request", "")
	} else if x.Frame.Method != "REPORT" {
		x.Reply(400, "Path too long", "")
	}
	x.send()
	return false
}

// ReplyTime is how long a request may go without a reply (RFC 4975 7.1).
const ReplyTime = 30 * time.Second

// Tick reports the requests that got no reply in time. It is to be called about once a second.
func (r *Relay) Tick() {
	for _, w := range r.waiting.expired(r.opt.Clock.Now().Add(-ReplyTime)) {
		if w.reporting == ReportAll {
			r.report(w, 408, "Timeout")
		}
	}
}
