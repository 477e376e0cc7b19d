package usrloc

import (
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/rpc"
)

// mostDumped is how many contacts one answer may tell of in full. More would not fit into any carrier's
// replies, so they are not even gathered.
const mostDumped = 100_000

// maxParts is into how many parts a dump may be cut.
const maxParts = 1 << 20

// dumped says what to tell: addresses of record alone, or all of their contacts; and of which of how many parts.
type dumped struct {
	brief       bool
	part, parts uint64
}

// rpcDump tells of all contacts. Those of a large server are asked for in parts: after the first parameter come
// the number of the part, from 0 on, and the number of parts, a power of two.
func (s *state) rpcDump(c *rpc.Call) error {
	d := dumped{brief: c.StrOpt(0, "") == "brief", parts: 1}
	if c.Len() > 1 {
		part, err1 := c.AsInt(1)
		parts, err2 := c.AsInt(2)
		if err1 != nil || err2 != nil || parts < 1 || parts > maxParts || parts&(parts-1) != 0 || part < 0 || part >= parts {
			return c.Fault(500, "Wrong part: write its number and how many there are, a power of two")
		}
		d.part, d.parts = uint64(part), uint64(parts)
	}
	if n := s.allContacts(); !d.brief && n/int64(d.parts) > mostDumped {
		return c.Fault(500, "Reply Too Large for %d contacts: ask for a part of them (full PART PARTS)", n)
	}
	domains := c.AddStruct().List("Domains")
	for _, t := range s.location.Tables() {
		s.dumpTable(domains.Struct("Domain"), t, d)
	}
	return nil
}

func (s *state) allContacts() (n int64) {
	for _, t := range s.location.Tables() {
		n += t.Contacts()
	}
	return n
}

func (s *state) dumpTable(out *rpc.Struct, t *location.Table, d dumped) {
	out.Add("Domain", t.Name).Add("Size", 1<<s.hashSize)
	aors := out.List("AoRs")
	slots, records := map[uint64]int{}, 0
	t.EachOf(d.part, d.parts, func(aor string, contacts []*location.Contact) bool {
		hash := location.Hash(aor)
		slots[hash&(1<<s.hashSize-1)]++
		records++
		if d.brief {
			aors.AddNamed("AoR", aor)
			return true
		}
		info := aors.Struct("Info").Add("AoR", aor).Add("HashID", hash&0x7fffffff)
		s.addContacts(info, contacts)
		return true
	})
	fullest := 0
	for _, n := range slots {
		fullest = max(fullest, n)
	}
	out.Struct("Stats").Add("Records", records).Add("Max-Slots", fullest)
}

func (s *state) addContacts(out *rpc.Struct, contacts []*location.Contact) {
	list := out.List("Contacts")
	for _, c := range contacts {
		s.addContact(list.Struct("Contact"), c)
	}
}

// notSet is how a missing text is shown.
const notSet = "[not set]"

func shown(text string) string {
	if text == "" {
		return notSet
	}
	return text
}

func (s *state) addContact(out *rpc.Struct, c *location.Contact) {
	answered, roundtrip := s.ka.answer(c)
	out.Add("Address", c.URI).Add("Expires", s.expires(c)).Add("Q", quality(c.Q)).
		Add("Call-ID", c.CallID).Add("CSeq", c.CSeq).Add("User-Agent", shown(c.UserAgent)).
		Add("Received", shown(c.Received)).Add("Path", shown(c.Path)).Add("State", s.stateOf(c)).
		Add("Flags", c.Flags).Add("CFlags", c.CFlags).Add("Socket", shown(c.Socket.String())).
		Add("Methods", c.Methods).Add("Ruid", shown(c.RUID)).Add("Instance", shown(c.Instance)).
		Add("Reg-Id", c.RegID).Add("Server-Id", c.ServerID).Add("Tcpconn-Id", connection(c)).
		Add("Keepalive", s.behindNAT(c)).Add("Last-Keepalive", answered).Add("KA-Roundtrip", roundtrip).
		Add("Last-Modified", c.LastModified)
}

// stateOf tells whether the database has the contact as it is.
func (s *state) stateOf(c *location.Contact) string {
	switch s.dbMode {
	case writeThrough, databaseOnly:
		return "CS_SYNC"
	case writeBack:
		for _, t := range s.tables {
			if state := t.back.State(c.RUID); state != "CS_SYNC" {
				return state
			}
		}
		return "CS_SYNC"
	}
	return "CS_NEW"
}

// expires is the seconds that a contact has left, or a word.
func (s *state) expires(c *location.Contact) rpc.Value {
	switch {
	case c.Expires == 0:
		return "permanent"
	case !c.Valid(s.now()):
		return "expired"
	}
	return c.Expires - s.now()
}

func quality(q int16) rpc.Value {
	if q%1000 == 0 || q == location.QUnset {
		return min(int64(q), 1)
	}
	return float64(q) / 1000
}

func connection(c *location.Contact) int64 {
	if c.Conn == 0 {
		return -1
	}
	return int64(c.Conn)
}

func (s *state) behindNAT(c *location.Contact) bool {
	return s.natFlag >= 0 && c.CFlags&(1<<s.natFlag) != 0
}
