package registrar

import (
	"errors"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// fetch gives the contacts of an address of record. It lets go of the shard while a database
// is asked. An error is logged.
func (s *state) fetch(c *kemi.Ctx, t *location.Table, aor string) (list []*location.Contact, err error) {
	if !t.Asks() {
		return t.Lookup(aor), nil
	}
	c.Wait(func() { list, err = t.Fetch(aor) })
	if err != nil {
		complain(c, "lookup", err)
	}
	return list, err
}

// complain logs an error of the database. That the connection is lost has been logged once already.
func complain(c *kemi.Ctx, what string, err error) {
	if !errors.Is(err, db.ErrDown) {
		c.Log(log.Err, "registrar", what+": "+err.Error())
	}
}

// update changes an address of record. It lets go of the shard while a database is written.
func (s *state) update(c *kemi.Ctx, t *location.Table, aor string, f func(*location.Update) error) (err error) {
	if !t.Saves() {
		return t.Update(aor, f)
	}
	c.Wait(func() { err = t.Update(aor, f) })
	return err
}
