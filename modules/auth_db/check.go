package auth_db

import (
	"context"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/digest"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// authenticate checks the credentials for a realm against a table. It lets go of the shard for the database.
//
// A user who does not exist costs the same work as one with a wrong password, so that the time does not tell.
func (s *state) authenticate(c *kemi.Ctx, x *digest.Attempt, t sip.HeaderType, realm, table, method string) digest.Result {
	if r := s.digest.Begin(x, c.Msg, t, realm); r != digest.Pending {
		return r
	}
	row, err := s.read(c, s.credentials(x, table))
	if err != nil {
		return digest.Failed
	}
	ha1, usable := s.hashed(x, row)
	switch {
	case row == nil:
		s.digest.Refuse(x, c.Msg, ha1, method)
		return digest.UnknownUser
	case !usable:
		s.digest.Refuse(x, c.Msg, ha1, method)
		return digest.WrongPassword
	}
	if s.alwaysLoad != 0 {
		s.fill(c, row, 1)
	}
	r := s.digest.Finish(x, c.Msg, ha1, method)
	if r == digest.OK && s.alwaysLoad == 0 {
		s.fill(c, row, 1)
	}
	return r
}

// hashed is the hashed password of a row (nil: of nobody). An empty column holds none: everybody knows how to hash that.
func (s *state) hashed(x *digest.Attempt, row db.Row) (ha1 string, usable bool) {
	secret := ""
	if row != nil {
		secret = row.Str(0)
	}
	if s.calculateHA1 == 0 {
		return secret, secret != ""
	}
	return x.Algorithm.HA1(x.Username, x.Realm, secret), secret != ""
}

// credentials asks for the password, or its hash, of a user, and for what is to be loaded.
func (s *state) credentials(x *digest.Attempt, table string) db.Query {
	user, domain := x.User()
	column := s.password
	if domain != "" && s.calculateHA1 == 0 {
		column = s.password2
	}
	if domain == "" {
		domain = x.Realm
	}
	return s.query(table, user, domain, s.useDomain != 0, s.columns([]string{column}))
}

func (s *state) query(table, user, domain string, withDomain bool, columns []string) db.Query {
	q := db.Query{Table: table, Columns: columns, Where: []db.Cond{db.Eq(s.user, user)}, Limit: 1}
	if withDomain {
		q.Where = append(q.Where, db.Eq(s.domain, domain))
	}
	return q
}

// read gives the row that a query finds, or nil. An error has been logged; it does not name the user's secrets.
func (s *state) read(c *kemi.Ctx, q db.Query) (row db.Row, err error) {
	var rows []db.Row
	c.Wait(func() { rows, err = s.db.Select(context.Background(), q) })
	switch {
	case err != nil:
		c.Log(log.Err, "auth_db", "table "+q.Table+": "+err.Error())
		return nil, err
	case len(rows) == 0:
		return nil, nil
	}
	return rows[0], nil
}

func (s *state) isSubscriber(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	uri, err := sip.ParseURI(a.Str(0))
	if err != nil || !given(c, "is_subscriber", a) {
		return kemi.Int(int(digest.Failed))
	}
	flags := a.Int(2)
	columns := []string{s.user}
	if flags&loadNothing == 0 {
		columns = s.columns(columns)
	}
	row, err := s.read(c, s.query(a.Str(1), uri.User, uri.Host, flags&subscriberOfURI != 0 && uri.Host != "", columns))
	switch {
	case err != nil:
		return kemi.Int(int(digest.Failed))
	case row == nil:
		return kemi.Int(codeNoSubscriber)
	case flags&loadNothing == 0 && !s.fill(c, row, 1):
		return kemi.Int(codeNotLoaded)
	}
	return kemi.Int(int(digest.OK))
}

// The codes of is_subscriber besides 1 and -1.
const (
	codeNoSubscriber = -2
	codeNotLoaded    = -3
)
