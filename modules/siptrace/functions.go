package siptrace

import (
	"strings"

	"github.com/moonroute/moonroute/core/hep"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var done, failed = kemi.Int(1), kemi.Int(-1)

func (s *state) sipTrace(c *kemi.Ctx, _ *kemi.Args) kemi.Value { return s.trace(c, single, target{}) }

var scopes = map[string]scope{"": single, "m": single, "M": single, "t": transaction, "T": transaction, "d": dialog, "D": dialog}

func (s *state) sipTraceMode(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	much, known := scopes[a.Str(0)]
	if !known {
		c.Misuse("siptrace.sip_trace_mode", "the mode is "+a.Str(0)+": want m, t or d")
		return failed
	}
	return s.trace(c, much, target{})
}

// sipTraceTo is sip_trace_dst with what it is given: destination, correlation id, type.
func (s *state) sipTraceTo(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	var t target
	var kind string
	if a.Len() > 1 {
		t.correlation = a.Str(1)
	}
	if a.Len() > 2 {
		kind = a.Str(2)
	}
	much, known := scopes[kind]
	if !known {
		c.Misuse("siptrace.sip_trace_dst_cid_type", "the type is "+kind+": want m, t or d")
		return failed
	}
	if a.Str(0) != "" {
		to, err := s.collectorOf(c, a.Str(0))
		if err != nil {
			c.Log(log.Err, "siptrace", err.Error())
			return failed
		}
		t.collector = to
	}
	return s.trace(c, much, t)
}

// trace copies the message in hand, and has more of its call copied.
func (s *state) trace(c *kemi.Ctx, much scope, t target) kemi.Value {
	if !s.on.Load() {
		return done
	}
	s.read(c, &t)
	if much != single {
		s.follow(c.Msg, much, t)
	}
	s.copyReceived(c.Msg, t)
	return done
}

// read takes the user and the table from their AVPs.
func (s *state) read(c *kemi.Ctx, t *target) {
	if s.user != nil {
		t.user = strings.Clone(s.user.Get(c).Text())
	}
	if s.into != nil {
		t.table = strings.Clone(s.into.Get(c).Text())
	}
}

// copyReceived copies a message as it came to where trace_mode has not sent it already.
func (s *state) copyReceived(m *route.Message, t target) {
	if r, _, ok := s.newRecord(m.Raw, m.Flow, false, t); ok {
		s.emit(r, s.mode&modeCollector == 0, s.toDatabase != 0 && s.mode&modeDatabase == 0)
	}
}

// sipTraceMsg copies a text that the script made up.
func (s *state) sipTraceMsg(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	from, ok1 := parseAddress(a.Str(1))
	to, ok2 := parseAddress(a.Str(2))
	if !ok1 || !ok2 {
		c.Misuse("siptrace.sip_trace_msg", "an address is not of the form proto:ip:port")
		return failed
	}
	if !s.on.Load() {
		return done
	}
	s.emit(&record{time: s.server.Clock.Now(), from: from, to: to, text: a.Str(0), callID: a.Str(3), method: a.Str(4)}, true, s.toDatabase != 0)
	return done
}

func (s *state) hlog(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.log(c, c.Msg.CallID(), a.Str(0)) }

func (s *state) hlogID(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.log(c, a.Str(0), a.Str(1)) }

// log sends a line for people to the capture server, beside the messages of a call.
func (s *state) log(c *kemi.Ctx, id, text string) kemi.Value {
	if s.hepOn == 0 || s.hepVersion != 3 || s.collector == nil {
		c.Misuse("siptrace.hlog", "it needs hep_mode_on 1, hep_version 3 and duplicate_uri")
		return failed
	}
	here := s.here(c.Msg.Flow)
	p := hep.Packet{Proto: c.Msg.Flow.Proto, Source: here.addr, Dest: c.Msg.Flow.Remote, Time: s.server.Clock.Now(), Capture: uint32(s.captureID),
		Key: s.authKey, Correlation: id, Payload: text, PayloadIsText: true}
	if !s.collector.send(p.Append(nil, 3)) {
		s.dropped.Add(1)
		return failed
	}
	return done
}
