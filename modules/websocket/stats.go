package websocket

import (
	"sync/atomic"

	"github.com/moonroute/moonroute/core/ws"
	"github.com/moonroute/moonroute/kemi"
)

// counters count connections and frames: all of them, then those of each subprotocol.
type counters struct {
	all, sip, msrp   group
	failedHandshakes atomic.Int64
}

// group counts connections and frames of one kind.
type group struct {
	current, highest              atomic.Int64
	handshakes                    atomic.Int64
	failed, closedHere, closedFar atomic.Int64
	received, sent                atomic.Int64
}

// both are the groups that a connection counts in.
func (c *counters) both(msrp bool) [2]*group {
	if msrp {
		return [...]*group{&c.all, &c.msrp}
	}
	return [...]*group{&c.all, &c.sip}
}

func (c *counters) opened(msrp bool) {
	for _, g := range c.both(msrp) {
		g.handshakes.Add(1)
		now := g.current.Add(1)
		for was := g.highest.Load(); now > was && !g.highest.CompareAndSwap(was, now); was = g.highest.Load() {
		}
	}
}

func (c *counters) closed(msrp, local bool) {
	for _, g := range c.both(msrp) {
		g.current.Add(-1)
		if local {
			g.closedHere.Add(1)
		} else {
			g.closedFar.Add(1)
		}
	}
}

func (c *counters) failed(msrp bool) {
	for _, g := range c.both(msrp) {
		g.failed.Add(1)
	}
}

// frame counts messages for the subprotocol, and control frames for all.
func (c *counters) frame(msrp bool, op ws.Op, in bool) {
	for i, g := range c.both(msrp) {
		switch {
		case i > 0 && op.IsControl():
		case in:
			g.received.Add(1)
		default:
			g.sent.Add(1)
		}
	}
}

var statistics = allStatistics()

func allStatistics() kemi.Stats[state] {
	list := kemi.Stats[state]{row("ws_failed_handshakes", true, func(c *counters) *atomic.Int64 { return &c.failedHandshakes }, "handshakes that were refused")}
	for _, x := range []struct {
		prefix, what string
		of           func(*counters) *group
	}{
		{"ws_", "", func(c *counters) *group { return &c.all }},
		{"ws_sip_", " of SIP", func(c *counters) *group { return &c.sip }},
		{"ws_msrp_", " of MSRP", func(c *counters) *group { return &c.msrp }},
	} {
		list = append(list, groupStatistics(x.prefix, x.what, x.of)...)
	}
	return list
}

func groupStatistics(prefix, what string, of func(*counters) *group) kemi.Stats[state] {
	one := func(name string, counter bool, field func(*group) *atomic.Int64, doc string) kemi.Stat[state] {
		return row(prefix+name, counter, func(c *counters) *atomic.Int64 { return field(of(c)) }, doc)
	}
	return kemi.Stats[state]{
		one("current_connections", false, func(g *group) *atomic.Int64 { return &g.current }, "connections now"+what),
		one("max_concurrent_connections", false, func(g *group) *atomic.Int64 { return &g.highest }, "most connections at a time"+what),
		one("successful_handshakes", true, func(g *group) *atomic.Int64 { return &g.handshakes }, "connections that were made"+what),
		one("failed_connections", true, func(g *group) *atomic.Int64 { return &g.failed }, "connections cut because no Pong came"+what),
		one("local_closed_connections", true, func(g *group) *atomic.Int64 { return &g.closedHere }, "connections that this server closed"+what),
		one("remote_closed_connections", true, func(g *group) *atomic.Int64 { return &g.closedFar }, "connections that the client closed"+what),
		one("received_frames", true, func(g *group) *atomic.Int64 { return &g.received }, "frames received"+what),
		one("transmitted_frames", true, func(g *group) *atomic.Int64 { return &g.sent }, "frames sent"+what),
	}
}

func row(name string, counter bool, field func(*counters) *atomic.Int64, doc string) kemi.Stat[state] {
	return kemi.Stat[state]{Group: "websocket", Name: name, Counter: counter, Value: func(s *state) int64 { return field(&s.stats).Load() }, Doc: doc}
}
