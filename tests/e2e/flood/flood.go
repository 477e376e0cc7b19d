//go:build linux && (amd64 || arm64)

package flood

import (
	"net"
	"net/netip"
	"time"

	"github.com/moonroute/moonroute/core/transport/procnet"
)

// state of a call.
type state uint8

const (
	ended    state = iota
	inviting       // the INVITE has no final answer
	ending         // the BYE has none
)

// ring is how many of the last calls are known. They are more than any server has at a time.
const ring = 1 << 20

type call struct {
	n     int
	state state
	bye   []byte
}

// Flood is a caller and a callee. One goroutine uses it.
type Flood struct {
	texts          texts
	caller, callee *socket
	calls          []call
	last, first    int // numbers of calls: the last one, and the first of this load
	open           int
	repeats        repeats
	result         Result
}

// Load is what to offer.
type Load struct {
	Rate   float64       // calls a second; 0: as many as end
	AtOnce int           // calls at a time, if there is no rate
	For    time.Duration // new calls begin
	Settle time.Duration // after that, those that were begun may end; they are not counted as completed
}

// Result is what came of it, in calls.
type Result struct {
	Begun, Completed, Refused, Failed int
	Open                              int // answered, and not ended when all was over
	Dropped                           int // datagrams that came too fast for this side
}

// New gives a caller and a callee of a server. Calls are for a URI.
func New(server *net.UDPAddr, to string) (*Flood, error) {
	f := &Flood{calls: make([]call, ring)}
	for _, side := range []**socket{&f.caller, &f.callee} {
		s, err := open(server)
		if err != nil {
			return nil, err
		}
		*side = s
	}
	f.texts = texts{to: to, caller: f.caller.local.String(), callee: f.callee.local.String()}
	return f, nil
}

// Close closes both sides.
func (f *Flood) Close() {
	_ = f.caller.file.Close()
	_ = f.callee.file.Close()
}

// Caller and Callee are the addresses of the two sides.
func (f *Flood) Caller() string { return f.texts.caller }

// Callee is the address at which calls arrive.
func (f *Flood) Callee() string { return f.texts.callee }

// Run offers a load and waits for its end. Calls of an earlier load are forgotten.
func (f *Flood) Run(l Load) Result {
	f.first, f.open, f.result = f.last+1, 0, Result{}
	f.repeats.clear()
	dropped := f.dropped()
	start := time.Now()
	for now := start; now.Sub(start) < l.For; now = time.Now() {
		f.turn(now, f.wanted(l, now.Sub(start)))
	}
	done := f.result
	for now := time.Now(); now.Sub(start) < l.For+l.Settle; now = time.Now() {
		f.turn(now, 0)
	}
	done.Failed, done.Open, done.Dropped = f.result.Failed, f.ending(), f.dropped()-dropped
	return done
}

// dropped is how many datagrams the system has thrown away because the two sides did not read them in time.
func (f *Flood) dropped() int {
	return int(procnet.Drops(map[netip.AddrPort]bool{f.caller.local: true, f.callee.local: true}))
}

// ending is how many calls were answered, and their BYE was not.
func (f *Flood) ending() int {
	n := 0
	for i := range f.calls {
		if c := &f.calls[i]; c.n >= f.first && c.state == ending {
			n++
		}
	}
	return n
}

// wanted is how many calls should begin now.
func (f *Flood) wanted(l Load, since time.Duration) int {
	if l.Rate == 0 {
		return l.AtOnce - f.open
	}
	return int(since.Seconds()*l.Rate) - f.result.Begun
}
