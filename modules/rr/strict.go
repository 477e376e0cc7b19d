package rr

import (
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// afterStrict follows the Route values after a strict router, which put our URI in the request line (RFC 3261 16.4).
func (s *state) afterStrict(c *kemi.Ctx, at *cursor, own *sip.URI) kemi.Value {
	m := c.Msg
	m.OwnRoute = own.Params
	uri, err := at.addr.URI()
	if err != nil {
		return no
	}
	if s.double != 0 && own.HasParam("r2") && s.isMine(uri) {
		s.sendFrom(c, uri)
		if !at.leave() {
			return no
		}
		if uri, err = at.addr.URI(); err != nil {
			return no
		}
	}
	if !uri.HasParam("lr") { // strict again: behave like one
		m.SetURI(target(at))
		at.dropThis()
		return yes
	}
	m.DstURI = at.addr.URIText
	return s.takeLast(at)
}

// takeLast gives the request its target back, which strict routers carry at the end of the route.
func (s *state) takeLast(at *cursor) kemi.Value {
	m := at.m
	at.drop()
	end, header := 0, at.header // end of the value before the last one, and the header of that
	for {
		next := *at
		if !next.next() {
			if next.header != nil {
				return no // a broken value
			}
			break
		}
		end, header = m.Offset(at.addr.Raw)+len(at.addr.Raw), at.header
		*at = next
	}
	m.SetURI(target(at))
	if end == 0 || header != at.header {
		m.RemoveHeader(at.header)
		return yes
	}
	m.Edits.Delete(end, m.Offset(at.addr.Raw)+len(at.addr.Raw)-end)
	return yes
}
