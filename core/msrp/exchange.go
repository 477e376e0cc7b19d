package msrp

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

// Exchange is one frame in the hands of a Handler, and what the handler wants sent. Nothing is
// sent before the handler is done.
type Exchange struct {
	Frame *Frame
	From  flow.Flow // the way the frame came

	relay    *Relay
	back     *waiter // of a reply: the request that it answers, if it was relayed here
	out      []output
	taken    bool    // the request was answered with 200: a failure has to be reported
	answered bool    // a reply was asked for
	more     bool    // content of the frame follows
	chunk    *chunks // how the rest of a long frame goes on; nil: it is not relayed, or failed
}

// output is one frame that is to be sent.
type output struct {
	to   flow.Flow
	data []byte
	opt  transport.SendOptions
	wait *waiter // of a relayed request; nil: no reply is waited for
	last bool    // it goes out when all of a long frame has come: nobody can be told 200 before
}

// Reply answers the request. Headers are whole lines, each with its CRLF.
func (x *Exchange) Reply(code int, reason, headers string) {
	x.ReplyWith(code, reason, headers, transport.SendOptions{})
}

// ReplyWith is Reply with options for the connection.
func (x *Exchange) ReplyWith(code int, reason, headers string, o transport.SendOptions) {
	data := AppendReply(nil, x.Frame, code, reason, headers)
	o.Exact = true
	x.out = append(x.out, output{to: x.From, data: data, opt: o, last: code == 200})
	x.taken, x.answered = x.taken || code == 200, true
}

// Answered tells whether the handler has asked for a reply.
func (x *Exchange) Answered() bool { return x.answered }

// NextHop is the URI that the frame goes to after this hop: the second one of To-Path.
func (f *Frame) NextHop() (string, error) {
	_, rest := f.To.First()
	if rest == "" {
		return "", ErrNoNextHop
	}
	uri, _ := rest.First()
	return uri, nil
}

// Back is the way that the request came which a reply answers; false if it was not relayed here.
func (x *Exchange) Back() (flow.Flow, bool) {
	if x.back == nil {
		return flow.Flow{}, false
	}
	return x.back.from, true
}

// Relay passes the frame on, over the connection that the flow names or, if it names none, any one to
// the peer. It fails if the path has no further hop, or if there is no connection and none may be
// made. What fails later is reported to the sender of a SEND.
func (x *Exchange) Relay(to flow.Flow, o transport.SendOptions) error {
	if _, err := x.Frame.NextHop(); err != nil {
		return err
	}
	if x.chunk != nil {
		return ErrRelayed
	}
	o.Exact = to.Conn != 0
	if (o.NoConnect || o.Exact) && !x.relay.opt.Sender.Reaches(to) {
		x.relay.Stats.Failed.Add(1)
		x.reportUnreachable(to)
		return transport.ErrNoConnection
	}
	y := output{to: to, opt: o}
	span := x.Frame.Header("Byte-Range")
	if x.more {
		x.chunk = newChunks(x, to, o)
		y.data, span = x.chunk.append(x.Frame.ID, x.Frame.Body, Partial)
	} else {
		y.data = x.Frame.appendRelayed(nil)
	}
	if f := x.Frame; f.IsRequest() && f.Method != "REPORT" {
		y.wait = x.waiter(f.ID, to, span)
	}
	x.relay.Stats.Relayed.Add(1)
	x.out = append(x.out, y)
	return nil
}

// reportUnreachable tells a sender who has been told 200 that nobody is there (RFC 4975 7.1.2).
func (x *Exchange) reportUnreachable(to flow.Flow) {
	w := x.waiter(x.Frame.ID, to, x.Frame.Header("Byte-Range"))
	if !x.taken || w == nil || w.report == "" {
		return
	}
	x.relay.Stats.Reports.Add(1)
	x.out = append(x.out, output{to: x.From, last: true, opt: transport.SendOptions{Exact: true}, data: w.appendReport(nil, 481, "Session-does-not-exist")})
}

// appendRelayed writes the frame as it leaves this hop: our URI goes from To-Path to From-Path
// (RFC 4976 5.2). Everything else leaves as it came.
func (f *Frame) appendRelayed(dst []byte) []byte {
	dst = f.appendFirstLine(dst, f.ID)
	dst = f.appendHop(dst)
	dst = append(dst, f.otherHeaders()...)
	if f.Content {
		dst = append(append(append(dst, "\r\n"...), f.Body...), "\r\n"...)
	}
	return appendEndLine(dst, f.ID, f.Flag)
}

// send sends what was asked for, in its order, but for what has to wait until the frame is complete.
func (x *Exchange) send() {
	var later []output
	for i := range x.out {
		if y := &x.out[i]; y.last && x.more {
			later = append(later, *y)
		} else {
			x.relay.send(y, x)
		}
	}
	x.out = later
}

// send waits until the connection has room.
func (r *Relay) send(y *output, x *Exchange) {
	if w := y.wait; w != nil {
		if r.waiting.add(w, r.opt.Clock.Now()) {
			r.Stats.Forgotten.Add(1)
		}
		y.opt.Failed = func(error) { r.lost(w) }
	}
	err := r.opt.Sender.SendWait(y.to, y.data, y.opt)
	if err == nil {
		return
	}
	r.Stats.Failed.Add(1)
	x.chunk = nil // nothing more of a long frame
	if y.wait != nil {
		r.lost(y.wait)
	}
}
