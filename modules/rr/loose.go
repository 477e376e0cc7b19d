package rr

import (
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) loose(c *kemi.Ctx, _ *kemi.Args) kemi.Value { return s.follow(c, s.mode) }

func (s *state) looseMode(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.follow(c, a.Int(0)) }

func (s *state) preloaded(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if s.follow(c, s.mode) == preloaded {
		return yes
	}
	return no
}

// follow is RFC 3261 16.4 and 16.12: a request URI of ours was put there by a strict router; else the first Route
// values that are this server go, and the next one decides where the request is sent.
func (s *state) follow(c *kemi.Ctx, mode int) kemi.Value {
	m := c.Msg
	if !m.IsRequest || m.First(sip.HdrRoute) == nil {
		return no
	}
	var at cursor
	if !at.firstRoute(m) {
		return no
	}
	uri, err := currentURI(m)
	if err != nil {
		return no
	}
	to, err := m.To()
	if err != nil {
		return no
	}
	inDialog := to.Tag != ""
	if inDialog && mode == 0 && s.isMine(uri) {
		return s.afterStrict(c, &at, uri)
	}
	return s.afterLoose(c, &at, inDialog)
}

// currentURI is the parsed request URI as the script sees it.
func currentURI(m *route.Message) (*sip.URI, error) {
	if m.Target.URI == "" {
		return m.URI()
	}
	u, err := sip.ParseURI(m.Target.URI)
	return &u, err
}

// hopURI is the URI of a Route value. One that cannot be read is counted.
func (s *state) hopURI(at *cursor) (*sip.URI, error) {
	uri, err := at.addr.URI()
	if err != nil {
		s.srv.Core.Stats.BadURIs.Add(1)
	}
	return uri, err
}

// afterLoose follows the Route values of a loose router.
func (s *state) afterLoose(c *kemi.Ctx, at *cursor, inDialog bool) kemi.Value {
	m := c.Msg
	uri, err := s.hopURI(at)
	if err != nil {
		return no
	}
	if s.isMine(uri) {
		m.OwnRoute = uri.Params
		if more, ok := s.leaveOwn(c, at, uri); !ok {
			return no
		} else if !more {
			return s.arrived(inDialog)
		}
		if uri, err = s.hopURI(at); err != nil {
			return no
		}
		m.NextRoute = true
	}
	if !uri.HasParam("lr") {
		toStrict(m, at)
		return yes
	}
	m.DstURI = at.addr.URIText
	m.URIUsed = false
	at.drop()
	return yes
}

func (s *state) arrived(inDialog bool) kemi.Value {
	if inDialog {
		return yes
	}
	return preloaded
}

// leaveOwn goes past the value that is this server, or both values of a double Record-Route. More tells whether one
// follows; ok is false if it cannot be read.
func (s *state) leaveOwn(c *kemi.Ctx, at *cursor, uri *sip.URI) (more, ok bool) {
	double := s.double != 0 && uri.HasParam("r2")
	if !double && s.force != 0 {
		s.sendFrom(c, uri)
	}
	if !at.leave() {
		return false, at.header == nil
	}
	if !double {
		return true, true
	}
	second, err := s.hopURI(at)
	if err != nil {
		return false, false
	}
	s.sendFrom(c, second)
	if !at.leave() {
		return false, at.header == nil
	}
	return true, true
}

// sendFrom sends the request from the socket that a Route names.
func (s *state) sendFrom(c *kemi.Ctx, uri *sip.URI) {
	if sock := s.socketOf(uri); sock != nil {
		c.Msg.Socket = sock
		return
	}
	if s.warn != 0 && s.srv.Log.Enabled(log.Warn) {
		c.Log(log.Warn, "rr", "no socket is "+uri.Raw+", which a Route header names")
	}
}

// toStrict prepares for a next hop that is a strict router: its URI becomes the request URI, and the old one goes to
// the end of the route (RFC 3261 16.6 step 6).
func toStrict(m *route.Message, at *cursor) {
	m.Edits.Insert(m.HeadersEnd, "Route: <"+m.CurrentURI()+">\r\n")
	m.SetURI(target(at))
	at.dropThis()
}

// target is the URI of a Route value to send to; maddr takes the place of the host (RFC 3261 16.4).
func target(at *cursor) string {
	uri, err := at.addr.URI()
	if err != nil || uri.Maddr() == "" {
		return at.addr.URIText
	}
	if uri.Port != "" {
		return "sip:" + uri.Maddr() + ":" + uri.Port
	}
	return "sip:" + uri.Maddr()
}
