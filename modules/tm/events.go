package tm

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/tm"
)

// localEvents calls the script for what the transaction layer sent by itself.
type localEvents struct {
	s          *state
	reply, ack string // functions; empty: none
	wanted     uint32
}

// addEvents registers the events that parameters ask for.
func (s *state) addEvents() {
	e := &localEvents{s: s, reply: string(s.values.LocalReplyEvent), ack: string(s.values.LocalAckEvent)}
	if e.reply != "" {
		e.wanted |= 1 << tm.ReplyOut
	}
	if e.ack != "" {
		e.wanted |= 1 << tm.AckOut
	}
	if e.wanted != 0 {
		s.srv.Hooks.Add(e)
	}
}

// addStrayEvent registers on_sl_reply.
func (s *state) addStrayEvent() {
	if s.onSL == "" {
		return
	}
	for _, sh := range s.srv.Shards() {
		sh.TM.OnStrayReply(func(m *route.Message) { s.srv.Raise(sh, s.onSL, "on_sl_reply", m) })
	}
}

// Kinds implements tm.Hook.
func (e *localEvents) Kinds() uint32 { return e.wanted }

// OnTransaction implements tm.Hook.
func (e *localEvents) OnTransaction(x *tm.HookEvent) {
	function, name := e.reply, "tm:local-response-sent"
	switch {
	case x.Kind == tm.AckOut:
		function, name = e.ack, "tm:local-ack-sent"
		if !x.Transaction.Local() {
			return
		}
	case x.Reply != nil: // relayed, not made here
		return
	}
	m := x.Request
	e.s.srv.Raise(e.s.srv.Shards()[m.Shard], function, name, m)
}

var _ tm.Hook = (*localEvents)(nil)
