package server

import (
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/transport"
)

// slot is the memory of one message on its way: the job that a shard runs.
type slot struct {
	server *Server
	msg    route.Message
	parsed *sip.Message // nil: given away
	shard  int
	call   route.Call // of the request or reply route
	free   func()     // puts the slot back
	thin   func()     // puts its parsed message back
}

func newSlot(s *Server) *slot {
	x := &slot{server: s}
	x.free = func() {
		x.msg.Forget()
		x.call = route.Call{}
		s.slots.Put(x)
	}
	x.thin = func() {
		if x.parsed != nil { // else what is given up is a form made later
			s.parsed.Put(x.parsed)
			x.parsed = nil
		}
	}
	return x
}

// takeSlot gives a slot with room for a parsed message.
func (s *Server) takeSlot() *slot {
	x := s.slots.Get().(*slot)
	if x.parsed == nil {
		x.parsed = s.parsed.Get().(*sip.Message)
	}
	return x
}

// Receive implements transport.Receiver: it decides on little (start line, header
// boundaries, Call-ID, top Via) and hands the message to its shard.
func (s *Server) Receive(p transport.Packet, c transport.Carrier) (relieved bool) {
	if p.Kind == transport.HTTP {
		return s.receiveHTTP(p, c)
	}
	s.taps.received(p)
	if p.Answers != nil && s.absorbedAtAGlance(p.Data) {
		return false
	}
	x := s.takeSlot()
	if err := x.read(p); err != nil {
		s.malformed(p, x.parsed, err)
		s.slots.Put(x)
		return false
	}
	s.acceptAlias(&x.msg)
	if s.onFilteredACK == nil && s.absorbed(&x.msg) { // nobody hears of it: it needs no turn in a shard
		s.Stats.countRequest(x.msg.Method)
		s.slots.Put(x)
		return false
	}
	x.shard = s.shardOf(x)
	x.msg.Shard = x.shard
	accepted, relieved := s.hand(x, p.Behind, c)
	if !accepted {
		s.overload(x, p.Answers)
	}
	return relieved
}

// read parses the boundaries and checks that the message has what every message needs.
func (x *slot) read(p transport.Packet) error {
	if err := x.parsed.Parse(p.Data); err != nil {
		return err
	}
	m := &x.msg
	m.Begin(x.parsed)
	m.OnFree(x.free)
	m.OnThin(x.thin)
	m.Flow = p.Flow
	m.AdvertiseHost, m.AdvertisePort = x.server.opt.AdvertiseHost, x.server.opt.AdvertisePort
	if err := m.Check(); err != nil {
		return err
	}
	m.ReadHeaders(false) // no route has begun
	m.CallHash = x.server.callHash(m.CallID())
	m.Received = x.server.clock.Now()
	m.ID = x.server.nextID.Add(1)
	return nil
}

// callHash is the key of a call's order. It is never 0, which means no call.
func (s *Server) callHash(callID string) uint64 { return s.secret.sum(callID) | 1 }

// shardOf is the shard of a message: a reply comes home by our branch, everything else by its Call-ID.
func (s *Server) shardOf(x *slot) int {
	if !x.msg.IsRequest {
		if via, err := x.msg.TopVia(); err == nil {
			if home, ok := tm.ShardOf(via.Branch); ok && home < len(s.shards) {
				return home
			}
		}
	}
	return int((x.msg.CallHash >> 1) % uint64(len(s.shards)))
}

// malformed counts a message that cannot be read and logs it once for each source.
func (s *Server) malformed(p transport.Packet, m *sip.Message, err error) {
	s.Stats.countMalformed(m, err)
	source := p.Flow.Remote.Addr().String()
	s.log.Once("malformed "+source, log.Err, "<core>",
		"malformed message from "+p.Flow.Proto.String()+":"+p.Flow.Remote.String()+" dropped: "+err.Error()+
			" (further ones from "+source+" are only counted)")
}

// Run implements shard.Job: the message's turn in its shard.
func (x *slot) Run() {
	s := x.server
	if x.msg.IsRequest {
		if x.refused() {
			s.slots.Put(x)
			return
		}
		s.request(x)
	} else {
		s.reply(x)
	}
	if !x.msg.Kept() {
		s.slots.Put(x)
	}
}
