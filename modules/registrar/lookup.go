package registrar

import (
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// outcome is what a search for contacts came to.
type outcome uint8

const (
	found       outcome = iota
	none                // no contact
	wrongMethod         // no contact that takes the method
	invalid             // no address of record
)

var outcomes = [...]kemi.Value{found: yes, none: no, wrongMethod: noMethod, invalid: failed}

// find gives the contacts of a URI's user that fit the request, in their order.
func (s *state) find(c *kemi.Ctx, t *location.Table, uri string) ([]*location.Contact, outcome) {
	u, err := c.Shard.ParseURI(uri)
	if err != nil {
		return nil, invalid
	}
	list, err := s.candidates(c, t, u)
	if err != nil {
		return nil, invalid
	}
	return s.filter(c.Msg, list)
}

// candidates are the contacts of a user, or the one that a GRUU names.
func (s *state) candidates(c *kemi.Ctx, t *location.Table, u *sip.URI) ([]*location.Contact, error) {
	if u.HasParam("gr") {
		return s.byGRUU(c, t, u)
	}
	aor := s.location.Rules.AOR(u)
	if aor == "" {
		return nil, errAOR
	}
	return s.fetch(c, t, aor)
}

// filter leaves out what has expired and what does not fit the request. It makes no new list if all fit.
func (s *state) filter(m *route.Message, list []*location.Contact) ([]*location.Contact, outcome) {
	now, result := s.now(), none
	byMethod := s.methodFiltering != 0 && initial(m)
	var kept []*location.Contact
	for i, c := range list {
		fits := (s.useExpired.Get() != 0 || c.Valid(now)) && s.wanted(m, c)
		if fits && byMethod && c.Methods&uint32(m.Method) == 0 {
			fits, result = false, wrongMethod
		}
		switch {
		case fits && len(kept) == i:
			kept = list[: i+1 : i+1]
		case fits:
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return nil, result
	}
	return kept, found
}

// initial tells that a request opens something: only these are for the contacts that take their method.
func initial(m *route.Message) bool {
	to, err := m.To()
	return err == nil && to.Tag == ""
}

// The bits of lookup_filter_mode.
const (
	filterFlags      = 1 // contacts with one of the branch flags in rlf_bflags of xavp_cfg
	filterConnection = 2 // contacts whose connection is there
)

func (s *state) wanted(m *route.Message, c *location.Contact) bool {
	if s.lookupFilterMode == 0 {
		return true
	}
	if flags := s.number(m, "rlf_bflags", 0); s.lookupFilterMode&filterFlags != 0 && flags != 0 && c.CFlags&uint32(flags) == 0 {
		return false
	}
	if s.lookupFilterMode&filterConnection == 0 || c.Socket == nil || !c.Socket.Proto.Reliable() {
		return true
	}
	_, alive := s.server.Core.Transports().Connection(c.Conn)
	return alive
}

// target makes the way to a contact.
func (s *state) target(c *location.Contact) route.Target {
	x := route.Target{
		URI: c.URI, DstURI: c.Received, Path: c.Path, Socket: c.Socket, Flags: c.CFlags, Q: int(c.Q),
		Instance: c.Instance, RegID: int(c.RegID), RUID: c.RUID, UserAgent: c.UserAgent, Conn: c.Conn,
	}
	if c.Path != "" {
		x.Path, x.DstURI = s.firstHop(c.Path)
		x.Conn = 0 // the connection is the proxy's business then
	}
	return x
}

// lookup and lookupURI set the targets of the request.
func (s *state) lookup(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return no
	}
	return s.route(c, "lookup", a.Str(0), c.Msg.CurrentURI())
}

func (s *state) lookupURI(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return no
	}
	return s.route(c, "lookup_uri", a.Str(0), a.Str(1))
}

func (s *state) route(c *kemi.Ctx, function, table, uri string) kemi.Value {
	t := s.table(c, function, table)
	if t == nil {
		return no
	}
	list, result := s.find(c, t, uri)
	if result != found {
		return outcomes[result]
	}
	s.setFirst(c.Msg, list[0])
	if s.appendBranches.Get() != 0 {
		s.addBranches(c.Msg, list[1:])
	}
	return yes
}

// setFirst makes a contact the target of the request itself.
func (s *state) setFirst(m *route.Message, c *location.Contact) {
	flags := m.Target.Flags
	m.SetURI(c.URI)
	m.Target = s.target(c)
	m.Target.Flags |= flags
	s.tell(m, c)
	s.giveAttrs(m, c)
}

// addBranches makes a branch of each contact, up to what a transaction can have.
func (s *state) addBranches(m *route.Message, list []*location.Contact) {
	for _, c := range list {
		if len(m.Branches) >= route.MaxBranches-1 {
			return
		}
		m.Branches = append(m.Branches, s.target(c))
	}
}

func (s *state) lookupToDset(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "lookup_to_dset", a.Str(0))
	if t == nil || c.Msg == nil || !c.Msg.IsRequest {
		return no
	}
	list, result := s.find(c, t, a.Str(1))
	if result == found {
		s.addBranches(c.Msg, list)
	}
	return outcomes[result]
}

// lookupBranches replaces the request URI and each branch by the contacts of its user. What
// has no contacts stays.
func (s *state) lookupBranches(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "lookup_branches", a.Str(0))
	if t == nil || c.Msg == nil || !c.Msg.IsRequest {
		return no
	}
	m, any := c.Msg, false
	branches := len(m.Branches)
	if list, result := s.find(c, t, m.CurrentURI()); result == found {
		any = true
		s.setFirst(m, list[0])
		s.addBranches(m, list[1:])
	}
	for i := range branches {
		list, result := s.find(c, t, m.Branches[i].URI)
		if result != found {
			continue
		}
		any = true
		m.Branches[i] = s.target(list[0])
		s.addBranches(m, list[1:])
	}
	if any {
		return yes
	}
	return no
}
