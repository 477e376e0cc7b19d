package permissions

import (
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

var functions = kemi.Funcs[state]{
	{Name: "allow_address", Args: "group int, address str, port int", Returns: kemi.Code, Call: (*state).allowAddress, Doc: "1 if an address, or a name, with a port is in a group, else -1"},
	{Name: "allow_address_group", Args: "address str, port int", Returns: kemi.Code, Call: (*state).addressGroup, Doc: "the group that an address, or a name, with a port is in; -1 for none"},
	{Name: "allow_source_address", Args: "group int", Returns: kemi.Code, Call: (*state).allowSource, Doc: "1 if the source of the message is in a group, else -1"},
	{Name: "allow_source_address_group", Returns: kemi.Code, Call: (*state).sourceGroup, Doc: "the group that the source of the message is in; -1 for none"},
	{Name: "allow_trusted", Returns: kemi.Code, Call: (*state).allowTrusted, Waits: true, Doc: "1 if the source, the transport, the From URI and the received request URI fit a row of the trusted table (with peer_tag_mode 1: how many rows), else -1"},
	{Name: "allow_routing", Returns: kemi.Code, Call: (*state).allowRouting, Doc: "1 if the files allow the From URI and each branch, else -1; the incumbent has it as KSR.x.modf(\"allow_routing\")"},
}

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

// setTag puts a tag into the AVP of peer_tag_avp.
func (s *state) setTag(c *kemi.Ctx, tag optional) {
	if s.tag != nil && tag.set {
		s.tag.Set(c, kemi.Str(tag.text))
	}
}

// number is an argument as the incumbent takes it: of 32 bits.
func number(a *kemi.Args, i int) int { return int(int32(a.Int(i))) }

func (s *state) allowAddress(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	e, _ := s.find(a.Str(1), wanted{group: number(a, 0), port: number(a, 2)})
	if e == nil {
		return no
	}
	s.setTag(c, e.tag)
	return yes
}

// find looks an address or a name up; name tells which of the two it is.
func (s *state) find(text string, w wanted) (e *entry, name bool) {
	t := s.addresses.Load()
	if t == nil {
		return nil, false
	}
	w.longest = s.matchMode != 0
	if ip, ok := parseIP(text); ok {
		return t.findIP(ip, w), false
	}
	return t.findName(text, w), true
}

func (s *state) addressGroup(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	e, name := s.find(a.Str(0), wanted{anyGroup: true, port: number(a, 1)})
	if e == nil {
		return no
	}
	if !name { // a name gives no tag here
		s.setTag(c, e.tag)
	}
	return kemi.Int(e.group)
}

// findSource looks the source of the message up, and sets the tag.
func (s *state) findSource(c *kemi.Ctx, w wanted) *entry {
	t := s.addresses.Load()
	if c.Msg == nil || t == nil {
		return nil
	}
	source := c.Msg.Flow.Remote
	w.port, w.longest = int(source.Port()), s.matchMode != 0
	e := t.findIP(source.Addr().Unmap(), w)
	if e != nil {
		s.setTag(c, e.tag)
	}
	return e
}

func (s *state) allowSource(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if s.findSource(c, wanted{group: number(a, 0)}) == nil {
		return no
	}
	return yes
}

func (s *state) sourceGroup(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if e := s.findSource(c, wanted{anyGroup: true}); e != nil {
		return kemi.Int(e.group)
	}
	return no
}

func (s *state) allowTrusted(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil {
		return no
	}
	from, err := c.Msg.From()
	if err != nil {
		c.Log(log.Err, "permissions", "allow_trusted: From: "+err.Error())
		return no
	}
	m := c.Msg
	r := request{source: m.Flow.Remote.Addr().Unmap().String(), proto: protocolOf(m.Flow.Proto), from: from.URIText, ruri: m.RequestURI}
	found := matching(s.peers(c, r.source), &r, s.tagMode != 0)
	if len(found) == 0 {
		return no
	}
	for _, p := range found {
		s.setTag(c, p.tag)
	}
	return kemi.Int(len(found))
}
