package usrloc

import (
	"errors"
	"math"
	"strings"

	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/location/locdb"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "ul.dump", Run: (*state).rpcDump, Doc: "Show all contacts; with brief the addresses of record only, with full PART PARTS those of one part of a large server."},
	{Name: "ul.lookup", Run: (*state).rpcLookup, Doc: "Show the contacts of an address of record."},
	{Name: "ul.rm", Run: (*state).rpcRemove, Doc: "Remove all contacts of an address of record."},
	{Name: "ul.rm_contact", Run: (*state).rpcRemoveContact, Doc: "Remove one contact of an address of record."},
	{Name: "ul.add", Run: (*state).rpcAdd, Doc: "Add a contact: table AOR contact expires q path flags cflags methods [received [socket]]."},
	{Name: "ul.flush", Run: (*state).rpcFlush, Doc: "Write what is in memory to the database."},
	{Name: "ul.db_users", Run: counting((*locdb.Table).Users, "Failed to query AoR count"), Doc: "Count the users of a database table."},
	{Name: "ul.db_contacts", Run: counting((*locdb.Table).Contacts, "Failed to query contact count"), Doc: "Count the contacts of a database table."},
	{Name: "ul.db_expired_contacts", Run: counting((*locdb.Table).ExpiredContacts, "Failed to query contact count"), Doc: "Count the expired contacts of a database table."},
}

func (s *state) rpcFlush(c *rpc.Call) error {
	for _, t := range s.tables {
		if t.back == nil {
			continue
		}
		if err := t.back.Flush(s.now()); err != nil {
			s.complain(err)
			return c.Fault(500, "The database cannot be written")
		}
	}
	return nil
}

// table reads the table and the address of record, which are the first two parameters.
func (s *state) table(c *rpc.Call, missing string) (t *location.Table, aor string, err error) {
	name, err1 := c.AsStr(0)
	aor, err2 := c.AsStr(1)
	if err1 != nil || err2 != nil {
		return nil, "", &rpc.Fault{Code: 500, Message: missing}
	}
	if t = s.location.Table(name); t == nil {
		return nil, "", c.Fault(500, "Domain table not found")
	}
	return t, s.aor(aor), nil
}

// aor takes user@host, or a user alone, as operators write it.
func (s *state) aor(text string) string {
	user, host, _ := strings.Cut(text, "@")
	return s.location.Rules.AOR(&sip.URI{User: user, Host: host})
}

func (s *state) rpcLookup(c *rpc.Call) error {
	t, aor, err := s.table(c, "Not enough parameters (table and AOR to lookup)")
	if err != nil {
		return err
	}
	contacts, err := t.Fetch(aor)
	if err != nil {
		return s.failed(c, err)
	}
	if contacts == nil {
		return c.Fault(500, "AOR not found in location table")
	}
	s.addContacts(c.AddStruct().Add("AoR", aor), contacts)
	return nil
}

func (s *state) rpcRemove(c *rpc.Call) error {
	t, aor, err := s.table(c, "Not enough parameters (table and AOR to lookup)")
	if err != nil {
		return err
	}
	return s.update(c, t, aor, func(u *location.Update) error {
		u.DeleteAll()
		return nil
	})
}

// update changes an address of record. It may block.
func (s *state) update(c *rpc.Call, t *location.Table, aor string, f func(*location.Update) error) error {
	err := t.Update(aor, f)
	var fault *rpc.Fault
	if err == nil || errors.As(err, &fault) {
		return err
	}
	return s.failed(c, err)
}

// failed tells the operator that the database did not do its part.
func (s *state) failed(c *rpc.Call, err error) error {
	s.complain(err)
	return c.Fault(500, "The database does not answer as it should")
}

func (s *state) rpcRemoveContact(c *rpc.Call) error {
	t, aor, err := s.table(c, "Not enough parameters (table, AOR and contact)")
	if err != nil {
		return err
	}
	uri, err := c.AsStr(2)
	if err != nil {
		return c.Fault(500, "Not enough parameters (table, AOR and contact)")
	}
	return s.update(c, t, aor, func(u *location.Update) error {
		if len(u.Contacts()) == 0 {
			return c.Fault(404, "AOR not found")
		}
		for _, x := range u.Contacts() {
			if x.URI == uri {
				u.Delete(x)
				return nil
			}
		}
		return c.Fault(404, "Contact not found")
	})
}

// addedCallID is the Call-ID of contacts that an operator added; adding one again finds it by the URI.
const (
	addedCallID = "moonroute-rpc"
	addedAgent  = "moonroute RPC"
)

func (s *state) rpcAdd(c *rpc.Call) error {
	t, aor, err := s.table(c, "Not enough parameters or wrong format")
	if err != nil {
		return err
	}
	contact, err := s.readContact(c)
	if err != nil {
		return c.Fault(500, "Not enough parameters or wrong format")
	}
	return s.update(c, t, aor, func(u *location.Update) error {
		if old := location.MatchContact.Match(u.Contacts(), &contact); old != nil {
			u.Replace(old, contact)
		} else {
			u.Insert(contact)
		}
		return nil
	})
}

// readContact reads the parameters of ul.add from the third on.
func (s *state) readContact(c *rpc.Call) (x location.Contact, err error) {
	uri, err1 := c.AsStr(2)
	expires, err2 := c.AsInt(3)
	q, err3 := c.Float(4)
	path, err4 := c.AsStr(5)
	flags, err5 := c.AsInt(6)
	cflags, err6 := c.AsInt(7)
	methods, err7 := c.AsInt(8)
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
		return x, err
	}
	x = location.Contact{
		URI: uri, Path: unzero(path), Received: unzero(c.StrOpt(9, "")), Socket: s.socket(unzero(c.StrOpt(10, ""))), CallID: addedCallID, UserAgent: addedAgent, CSeq: 1,
		Q: int16(math.Round(min(max(q, 0), 1) * 1000)), Flags: uint32(flags), CFlags: uint32(cflags), Methods: uint32(methods),
		LastModified: s.now(), ServerID: s.location.Rules.ServerID,
	}
	if q < 0 {
		x.Q = location.QUnset
	}
	if expires > 0 {
		x.Expires = s.now() + expires
	}
	return x, nil
}

// unzero takes "0" and "." for an empty text: some clients cannot send one.
func unzero(s string) string {
	if s == "0" || s == "." {
		return ""
	}
	return s
}
