package registrar

import (
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// registration is what a REGISTER asks for.
type registration struct {
	aor      string
	uri      *sip.URI // of the user; GRUUs are made of it
	star     bool     // all contacts are to be removed
	bindings []binding
	inline   [1]binding       // most clients have one contact
	common   location.Contact // what all contacts of the request have in common
	gruu     bool             // the client supports GRUUs
	outbound bool             // outbound is in use (RFC 5626)
	exact    bool             // lifetimes do not vary
}

// binding is one contact of a REGISTER; a lifetime of 0 removes it.
type binding struct {
	contact  location.Contact
	lifetime int64
}

// read takes a REGISTER apart.
func (s *state) read(c *kemi.Ctx, uri *sip.URI, flags int) (*registration, error) {
	m := c.Msg
	r := &registration{uri: uri, aor: s.location.Rules.AOR(uri), exact: flags&exactExpires != 0}
	if flags&inMemory != 0 {
		r.common.Flags = location.FlagMemory
	}
	r.bindings = r.inline[:0]
	if r.aor == "" {
		return r, errAOR
	}
	if err := s.readCommon(c, r); err != nil {
		return r, err
	}
	r.gruu = s.gruuEnabled != 0 && supports(m, "gruu")
	if err := s.readContacts(c, r); err != nil {
		return r, err
	}
	return r, s.checkOutbound(m, r)
}

// noAgent is stored for clients that send no User-Agent.
const noAgent = "n/a"

// readCommon reads what all contacts share.
func (s *state) readCommon(c *kemi.Ctx, r *registration) error {
	m, x := c.Msg, &r.common
	cseq, err := m.CSeq()
	if x.CallID = m.CallID(); err != nil || x.CallID == "" {
		return errCallID
	}
	x.CSeq = cseq.Number
	x.LastModified = s.now()
	x.UserAgent = noAgent
	if h := m.First(sip.HdrUserAgent); h != nil && h.Value != "" {
		x.UserAgent = h.Value
	}
	x.Methods = location.AllMethods
	if h := m.First(sip.HdrAllow); h != nil {
		x.Methods = uint32(allAllowed(m))
	}
	x.CFlags = m.Target.Flags
	x.ServerID = s.location.Rules.ServerID
	x.Conn = m.Flow.Conn
	x.Attrs = s.readAttrs(m)
	x.Socket = s.socket(m)
	s.readPath(m, r)
	if x.Received == "" && s.receivedVar != nil {
		x.Received = s.receivedVar.Get(c).Text()
	}
	return nil
}

func allAllowed(m *route.Message) (set sip.Method) {
	for h := m.First(sip.HdrAllow); h != nil; h = m.Next(h) {
		set |= allowed(h.Value)
	}
	return set
}

// socket is where requests to the contacts leave from: what a header or a setting names, or
// where the REGISTER came in.
func (s *state) socket(m *route.Message) *flow.Socket {
	name := ""
	if v, ok := s.setting(m, "socket"); ok && !v.IsNum {
		name = v.Text
	} else if s.sockHeader != "" && (s.sockFlag < 0 || m.Flags&(1<<s.sockFlag) != 0) {
		if h := m.Find(s.sockHeader); h != nil {
			name = strings.Trim(h.Value, " \t")
		}
	}
	if name == "" {
		return m.Flow.Local
	}
	for _, known := range s.server.Core.Sockets() {
		if s.sockMode == 1 && known.Name == name || s.sockMode != 1 && sip.EqualFold(known.String(), name) {
			return known
		}
	}
	return m.Flow.Local
}

// readPath joins the Path headers (RFC 3327).
func (s *state) readPath(m *route.Message, r *registration) {
	if s.usePath == 0 {
		return
	}
	var values []string
	for h := m.First(sip.HdrPath); h != nil; h = m.Next(h) {
		values = append(values, strings.Trim(h.Value, " \t"))
	}
	r.common.Path = strings.Join(values, ",")
	if s.pathUseReceived == 0 || r.common.Path == "" {
		return
	}
	first, _, err := sip.ParseNameAddr(r.common.Path)
	if err != nil {
		return
	}
	u, err := first.URI()
	if err != nil {
		return
	}
	received, _ := u.Param("received")
	if received == "" {
		return
	}
	r.common.Received, _ = sip.Unescape(received)
	if flag := s.location.Rules.NATFlag; flag >= 0 {
		r.common.CFlags |= 1 << flag
	}
}

// checkPath tells whether the client may be told of its Path (RFC 3327 5.3). It refuses one
// that does not support Path if it must.
func (s *state) checkPath(m *route.Message, r *registration) (show bool, err error) {
	if r.common.Path == "" || s.pathMode == 0 {
		return false, nil
	}
	if supports(m, "path") {
		return true, nil
	}
	if s.pathMode == 2 {
		return true, errPath
	}
	return false, nil
}

// checkOutbound tells whether outbound is in use, and refuses it through a first hop that does
// not support it (RFC 5626 6). As in the incumbent, a client without it is served even where it
// is required: the reply says so.
func (s *state) checkOutbound(m *route.Message, r *registration) error {
	if s.outboundMode == 0 || len(r.bindings) == 0 {
		return nil
	}
	r.outbound = supports(m, "outbound") || requires(m, "outbound")
	if _, err := m.SecondVia(); r.outbound && err == nil && !firstHopSupports(r.common.Path) {
		return errFirstHop
	}
	return nil
}

// firstHopSupports tells whether the proxy next to the client said in Path that it supports outbound.
func firstHopSupports(path string) bool {
	var hop sip.NameAddr
	for path != "" {
		addr, rest, err := sip.ParseNameAddr(path)
		if err != nil {
			return false
		}
		hop, path = addr, rest
	}
	u, err := hop.URI()
	return err == nil && u.HasParam("ob")
}
