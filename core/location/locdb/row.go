package locdb

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/location"
)

// The fields of a row as they are read.
const (
	fieldUser = iota
	fieldDomain
	fieldContact
	fieldExpires
	fieldQ
	fieldCallID
	fieldCSeq
	fieldFlags
	fieldCFlags
	fieldUserAgent
	fieldReceived
	fieldPath
	fieldSocket
	fieldMethods
	fieldInstance
	fieldRUID
	fieldRegID
	fieldServerID
	fieldConnectionID
	fieldLastModified
)

// list gives the names in the order of the fields.
func (c *Columns) list() []string {
	return []string{
		c.User, c.Domain, c.Contact, c.Expires, c.Q, c.CallID, c.CSeq, c.Flags, c.CFlags, c.UserAgent, c.Received, c.Path,
		c.Socket, c.Methods, c.Instance, c.RUID, c.RegID, c.ServerID, c.ConnectionID, lastModified,
	}
}

// user takes an address of record apart, as it stands in two columns.
func (s *Settings) user(aor string) (user string, domain any) {
	if !s.UseDomain {
		return aor, nil
	}
	user, host, ok := strings.Cut(aor, "@")
	if !ok {
		return aor, nil
	}
	return user, host
}

func (s *Settings) aor(user, domain string) string {
	if !s.UseDomain || domain == "" {
		return user
	}
	return user + "@" + domain
}

// when is a moment as a column has it; 0 means never.
func (s *Settings) when(unix int64) any {
	if s.Seconds {
		return unix
	}
	return time.Unix(unix, 0)
}

func (s *Settings) moment(r db.Row, field int) int64 {
	if s.Seconds {
		return r.Int(field)
	}
	at := r.Time(field)
	if at.IsZero() {
		return 0
	}
	return at.Unix()
}

// text is a text as a column has it: NULL if it is empty.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// longestAgent is the width of the User-Agent's column. Its text is no more than a hint, so a
// longer one is cut rather than its REGISTER refused.
const longestAgent = 255

func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// changing are the columns of a contact that a refresh may change.
func (s *Settings) changing(c *location.Contact) []db.Col {
	n := &s.Columns
	return []db.Col{
		{Name: n.Contact, Value: c.URI}, {Name: n.Expires, Value: s.when(c.Expires)}, {Name: n.Q, Value: quality(c.Q)},
		{Name: n.CallID, Value: c.CallID}, {Name: n.CSeq, Value: signed(c.CSeq)}, {Name: n.Flags, Value: signed(c.Flags)},
		{Name: n.CFlags, Value: signed(c.CFlags)}, {Name: n.UserAgent, Value: clip(c.UserAgent, longestAgent)}, {Name: n.Received, Value: text(c.Received)},
		{Name: n.Path, Value: text(c.Path)}, {Name: n.Socket, Value: text(c.Socket.String())}, {Name: n.Methods, Value: methods(c.Methods)},
		{Name: n.Instance, Value: text(c.Instance)}, {Name: n.RegID, Value: int64(c.RegID)}, {Name: n.ServerID, Value: int64(c.ServerID)},
		{Name: n.ConnectionID, Value: connection(c.Conn)}, {Name: n.Keepalive, Value: s.behindNAT(c)}, {Name: lastModified, Value: s.when(c.LastModified)},
	}
}

// all are the columns of a new row.
func (s *Settings) all(c *location.Contact) []db.Col {
	user, domain := s.user(c.AOR)
	n := &s.Columns
	return append(s.changing(c), db.Col{Name: n.RUID, Value: c.RUID}, db.Col{Name: n.User, Value: user},
		db.Col{Name: n.Domain, Value: domain}, db.Col{Name: n.Partition, Value: 0})
}

// quality is a preference as the table has it: -1 if the contact named none.
func quality(q int16) float64 {
	if q == location.QUnset {
		return -1
	}
	return float64(q) / 1000
}

// methods is NULL for a contact that takes every method.
func methods(set uint32) any {
	if set == location.AllMethods {
		return nil
	}
	return signed(set)
}

// signed fits 32 bits into a column of signed numbers.
func signed(n uint32) int64 { return int64(int32(n)) }

func connection(id flow.ConnID) int64 {
	if id == 0 {
		return -1
	}
	return int64(id)
}

func (s *Settings) behindNAT(c *location.Contact) bool {
	return s.NATFlag >= 0 && c.CFlags&(1<<s.NATFlag) != 0
}

// contact reads a row. ok is false if the contact is not one of ours to load.
func (s *Settings) contact(r db.Row) (c location.Contact, ok bool) {
	c = location.Contact{
		AOR: s.aor(r.Str(fieldUser), r.Str(fieldDomain)), URI: r.Str(fieldContact), Expires: s.moment(r, fieldExpires),
		Q: location.QUnset, CallID: r.Str(fieldCallID), CSeq: uint32(r.Int(fieldCSeq)), Flags: uint32(r.Int(fieldFlags)),
		CFlags: uint32(r.Int(fieldCFlags)), UserAgent: r.Str(fieldUserAgent), Received: r.Str(fieldReceived), Path: r.Str(fieldPath),
		Methods: location.AllMethods, Instance: r.Str(fieldInstance), RUID: r.Str(fieldRUID), RegID: int32(r.Int(fieldRegID)),
		ServerID: int32(r.Int(fieldServerID)), LastModified: s.moment(r, fieldLastModified),
	}
	if q := r.Float(fieldQ); q >= 0 {
		c.Q = int16(math.Round(min(q, 1) * 1000))
	}
	if !r.IsNull(fieldMethods) {
		c.Methods = uint32(r.Int(fieldMethods))
	}
	if name := r.Str(fieldSocket); name != "" {
		c.Socket = s.Socket(name)
		ok = c.Socket != nil || !s.SkipRemote
	} else {
		ok = true
	}
	if id := r.Int(fieldConnectionID); id > 0 && c.ServerID == s.ServerID && c.LastModified >= s.Started {
		c.Conn = flow.ConnID(id)
	}
	return c, ok && c.AOR != "" && c.URI != ""
}
