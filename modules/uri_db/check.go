package uri_db

import (
	"context"
	"errors"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var functions = kemi.Funcs[state]{
	{Name: "check_to", Returns: kemi.Code, Call: (*state).checkTo, Waits: true, Doc: "1 if the user in To is the authenticated one, or with use_uri_table one that it may use; -10 or -9 if not, -8 without the database, -4 without a user, -2 without credentials that were checked, -1 for a broken URI"},
	{Name: "check_from", Returns: kemi.Code, Call: (*state).checkFrom, Waits: true, Doc: "check_to for the user in From"},
	{Name: "check_uri", Args: "uri str", Returns: kemi.Code, Call: (*state).checkURI, Waits: true, Doc: "check_to for the user in a URI"},
	{Name: "check_uri_realm", Args: "uri str, user str, realm str", Returns: kemi.Code, Call: (*state).checkRealm, Waits: true, Doc: "check_uri for a given user and realm instead of those of the credentials, unless one of the two is empty"},
	{Name: "does_uri_exist", Returns: kemi.Code, Call: (*state).exists, Waits: true, Doc: "1 if the table has the user of the request URI, -5 if not, -4 without the database, -1 for a broken URI or without db_url"},
}

// The codes besides 1 and -1.
const (
	codeNoCredentials = -2
	codeNoUser        = -4 // and that does_uri_exist got no answer
	codeUnknown       = -5
	codeNoAnswer      = -8
	codeNotInTable    = -9
	codeOtherUser     = -10
)

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

func (s *state) checkTo(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil {
		return no
	}
	return s.checkAddress(c, "check_to", c.Msg.To)
}

func (s *state) checkFrom(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil {
		return no
	}
	return s.checkAddress(c, "check_from", c.Msg.From)
}

func (s *state) checkAddress(c *kemi.Ctx, function string, read func() (*sip.NameAddr, error)) kemi.Value {
	a, err := read()
	if err != nil {
		return fail(c, function, err)
	}
	u, err := a.URI()
	if err != nil {
		return fail(c, function, err)
	}
	return s.check(c, function, u, account{})
}

func fail(c *kemi.Ctx, function string, err error) kemi.Value {
	c.Log(log.Err, "uri_db", function+": "+err.Error())
	return no
}

func (s *state) checkURI(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.checkText(c, "check_uri", a.Str(0), account{})
}

func (s *state) checkRealm(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.checkText(c, "check_uri_realm", a.Str(0), account{a.Str(1), a.Str(2)})
}

func (s *state) checkText(c *kemi.Ctx, function, uri string, who account) kemi.Value {
	u, err := sip.ParseURI(uri)
	if err != nil {
		return fail(c, function, err)
	}
	return s.check(c, function, &u, who)
}

// account is who was authenticated.
type account struct{ user, realm string }

func (a account) complete() bool { return a.user != "" && a.realm != "" }

// credentials are those of the request that were checked and are right. Others that it has prove nothing.
func credentials(c *kemi.Ctx) account {
	if c.Msg == nil {
		return account{}
	}
	return account{c.Msg.Authorized, c.Msg.AuthRealm}
}

// check compares the user of a URI with an account, or with that of the credentials if it is not complete.
func (s *state) check(c *kemi.Ctx, function string, u *sip.URI, who account) kemi.Value {
	if u.User == "" {
		return kemi.Int(codeNoUser)
	}
	if !who.complete() {
		if who = credentials(c); !who.complete() {
			return kemi.Int(codeNoCredentials)
		}
	}
	if s.useURITable != 0 {
		return s.mayUse(c, function, who, u.User)
	}
	if !sip.EqualFold(who.user, u.User) {
		return kemi.Int(codeOtherUser)
	}
	return yes
}

// mayUse asks the table uri.
func (s *state) mayUse(c *kemi.Ctx, function string, who account, user string) kemi.Value {
	found, err := s.has(c, db.Eq(s.user, who.user), db.Eq(s.domain, who.realm), db.Eq(s.uriUser, user))
	switch {
	case err != nil:
		c.Log(log.Err, "uri_db", function+": "+err.Error())
		return kemi.Int(codeNoAnswer)
	case !found:
		return kemi.Int(codeNotInTable)
	}
	return yes
}

func (s *state) exists(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest || s.db == nil {
		return no
	}
	u, err := sip.ParseURI(c.Msg.CurrentURI())
	if err != nil {
		return fail(c, "does_uri_exist", err)
	}
	column := s.user
	if s.useURITable != 0 {
		column = s.uriUser
	}
	where := []db.Cond{db.Eq(column, u.User)}
	if s.useDomain != 0 {
		where = append(where, db.Eq(s.domain, u.Host))
	}
	found, err := s.has(c, where...)
	switch {
	case err != nil:
		c.Log(log.Err, "uri_db", "does_uri_exist: "+err.Error())
		return kemi.Int(codeNoUser)
	case !found:
		return kemi.Int(codeUnknown)
	}
	return yes
}

var errNoDatabase = errors.New("there is no database: set db_url")

// has tells whether the table has such a row. It lets go of the shard for the database.
func (s *state) has(c *kemi.Ctx, where ...db.Cond) (found bool, err error) {
	if s.db == nil {
		return false, errNoDatabase
	}
	q := db.Query{Table: s.table, Columns: []string{s.user}, Where: where, Limit: 1}
	var rows []db.Row
	c.Wait(func() { rows, err = s.db.Select(context.Background(), q) })
	return len(rows) > 0, err
}
