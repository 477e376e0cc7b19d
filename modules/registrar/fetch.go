package registrar

import (
	"errors"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// contactsFound is what a database knows of a user.
type contactsFound struct {
	list []*location.Contact
	err  error
}

// fetch gives the contacts of an address of record. It lets go of the shard while a database
// is asked. An error is logged.
func (s *state) fetch(c *kemi.Ctx, t *location.Table, aor string) ([]*location.Contact, error) {
	if !t.Asks() {
		return t.Lookup(aor), nil
	}
	answer, err := bounded(c, &s.gate, func() (f contactsFound) {
		f.list, f.err = t.Fetch(aor)
		return f
	})
	if err == nil {
		err = answer.err
	}
	if err != nil {
		complain(c, "lookup", err)
	}
	return answer.list, err
}

// fetchRUID finds a contact by its id.
func (s *state) fetchRUID(c *kemi.Ctx, t *location.Table, hash uint64, ruid string) (*location.Contact, error) {
	if !t.Asks() {
		return t.FetchRUID(hash, ruid)
	}
	answer, err := bounded(c, &s.gate, func() (f contactsFound) {
		x, err := t.FetchRUID(hash, ruid)
		return contactsFound{[]*location.Contact{x}, err}
	})
	if err == nil {
		err = answer.err
	}
	if err != nil {
		return nil, err
	}
	return answer.list[0], nil
}

// change is what came of changing a user's contacts: a result of save, and an error.
type change struct {
	code int
	err  error
}

// update changes an address of record. It lets go of the shard while a database is written;
// f must not use the message then. A change whose client has been told that it failed does not
// begin any more: it would come after what the client asked for next.
func (s *state) update(c *kemi.Ctx, t *location.Table, aor string, f func(*location.Update) (int, error)) (int, error) {
	if !t.Saves() {
		code := 0
		err := t.Update(aor, func(u *location.Update) (err error) {
			code, err = f(u)
			return err
		})
		return code, err
	}
	var late atomic.Bool
	op := func() (x change) {
		x.err = t.Update(aor, func(u *location.Update) (err error) {
			if late.Load() {
				return errStuck
			}
			x.code, err = f(u)
			return err
		})
		return x
	}
	x, err := bounded(c, &s.gate, op)
	late.Store(err != nil)
	if err == nil {
		err = x.err
	}
	return x.code, err
}

// complain logs an error of the database. That the connection is lost has been logged once already.
func complain(c *kemi.Ctx, what string, err error) {
	switch {
	case errors.Is(err, db.ErrDown):
	case errors.Is(err, errStuck):
		c.Server.Log.Once("registrar stuck", log.Err, "registrar", what+": "+err.Error())
	default:
		c.Log(log.Err, "registrar", what+": "+err.Error())
	}
}
