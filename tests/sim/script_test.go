package sim

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
)

// script is the proxy's routes: relay, fork, try the next group when one has failed.
type script struct{ c *calls }

// Has implements route.Script.
func (s script) Has(k route.Kind) bool { return k == route.RequestRoute }

// Run implements route.Script.
func (s script) Run(c *route.Call) route.Outcome {
	m := c.Message
	tb := s.c.server.Table(m.Shard)
	switch {
	case c.Kind == route.FailureRoute:
		s.failed(tb, m)
	case c.Kind != route.RequestRoute:
		return route.Absent
	case m.Method == sip.MethodCancel:
		if tb.Check(m) > 0 {
			tb.Relay(m, tm.RelayOptions{})
		}
	case m.Method == sip.MethodAck:
		if tb.Check(m) < 0 && strings.Contains(m.RequestURI, "@10.2.0.") {
			tb.Relay(m, tm.RelayOptions{})
		}
	case tb.Check(m) == 0:
	case m.Method == sip.MethodBye:
		tb.Relay(m, tm.RelayOptions{})
	default:
		s.begin(tb, m)
	}
	return route.Done
}

func (s script) begin(tb *tm.Table, m *route.Message) {
	x := s.c.byID[m.CallID()]
	if x.rounds > 0 {
		s.c.beginsAnew(x)
	}
	switch x.handling {
	case stateless:
		if err := s.c.server.ReplyStateless(m, 484, "Address Incomplete"); err != nil {
			s.c.errorf(x, "stateless reply: %v", err)
		}
	case refuses:
		tb.New(m)
		tm.Of(m).Reply(m, 403, "Forbidden")
	default:
		s.relay(tb, m, x)
	}
}

func (s script) failed(tb *tm.Table, m *route.Message) {
	x := s.c.byID[m.CallID()]
	if x.rounds == len(x.groups) || tm.Of(m).Canceled() {
		return
	}
	s.relay(tb, m, x)
}

func (s script) relay(tb *tm.Table, m *route.Message, x *call) {
	list := x.round()
	m.SetURI(list[0].URI)
	m.Branches = append(m.Branches, list[1:]...)
	if x.rounds < len(x.groups) {
		tm.Arm(m, tm.OnFailureRoute, route.Callback{Name: "next"})
	}
	if rc := tb.Relay(m, tm.RelayOptions{}); rc != 1 {
		s.c.errorf(x, "t_relay gave %d", rc)
	}
}
