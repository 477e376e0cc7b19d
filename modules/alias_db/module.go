// Package alias_db replaces the request URI by the user whose alias it is. Each lookup asks the database.
package alias_db

import (
	"context"
	"fmt"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the alias_db module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "alias_db",
	Doc:    "Aliases of users, in a database.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs: kemi.Funcs[state]{
		{Name: "lookup", Args: "table str", Returns: kemi.Code, Call: (*state).lookup, Waits: true, Doc: "replaces the request URI by the user whose alias it is: 1, or -1 if there is none"},
		{Name: "lookup_ex", Args: "table str, flags str", Returns: kemi.Code, Call: (*state).lookup, Waits: true, Doc: "lookup with flags: u compares the domain too, d does not, r finds the alias of a user instead"},
	},
})

// state is the module in one server.
type state struct {
	dbURL          string
	user, alias    columns
	useDomain      int
	domainPrefix   string
	appendBranches int

	db *db.DB
}

// columns are the two columns of a user or of an alias.
type columns struct{ user, domain string }

var params = kemi.Params[state]{
	kemi.StrParam("db_url", kemi.ReadURL, func(s *state) *string { return &s.dbURL }, "database with the aliases"),
	kemi.StrParam("user_column", "username", func(s *state) *string { return &s.user.user }, "column of the user"),
	kemi.StrParam("domain_column", "domain", func(s *state) *string { return &s.user.domain }, "column of the user's domain"),
	kemi.StrParam("alias_user_column", "alias_username", func(s *state) *string { return &s.alias.user }, "column of the alias"),
	kemi.StrParam("alias_domain_column", "alias_domain", func(s *state) *string { return &s.alias.domain }, "column of the alias's domain"),
	kemi.IntParam("use_domain", 0, func(s *state) *int { return &s.useDomain }, "1: the domain of the request URI must fit too"),
	kemi.StrParam("domain_prefix", "", func(s *state) *string { return &s.domainPrefix }, "what is cut from the front of that domain first"),
	kemi.IntParam("append_branches", 0, func(s *state) *int { return &s.appendBranches }, "1: further users of the same alias become branches"),
}

// Start connects to the database. It blocks until that answers.
func (s *state) Start(server *kemi.Server) (err error) {
	if s.db, err = server.DB(s.dbURL); err != nil {
		return fmt.Errorf("db_url: %w", err)
	}
	return nil
}

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

// flags are how a lookup is done.
type flags struct{ domain, reverse bool }

// parseFlags reads letters, of which later ones win. Others are ignored.
func (s *state) parseFlags(c *kemi.Ctx, letters string) flags {
	f := flags{domain: s.useDomain != 0}
	for _, letter := range letters {
		switch letter {
		case 'd', 'D':
			f.domain = false
		case 'u', 'U':
			f.domain = true
		case 'r', 'R':
			f.reverse = true
		default:
			c.Misuse("alias_db.lookup_ex", fmt.Sprintf("there is no flag %q", letter))
		}
	}
	return f
}

// lookup serves lookup_ex too, whose second argument are the flags.
func (s *state) lookup(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return no
	}
	letters := ""
	if a.Len() > 1 {
		letters = a.Str(1)
	}
	u, err := sip.ParseURI(c.Msg.CurrentURI())
	if err != nil || u.User == "" {
		return no
	}
	uris, err := s.find(c, a.Str(0), &u, s.parseFlags(c, letters))
	if err != nil {
		c.Log(log.Err, "alias_db", err.Error())
	}
	if len(uris) == 0 {
		return no
	}
	c.Msg.SetURI(uris[0])
	if s.appendBranches != 0 {
		appendBranches(c.Msg, uris[1:])
	}
	return yes
}

// find gives the URIs that a URI stands for. It lets go of the shard for the database.
func (s *state) find(c *kemi.Ctx, table string, u *sip.URI, f flags) (uris []string, err error) {
	known, wanted := &s.alias, &s.user
	if f.reverse {
		known, wanted = wanted, known
	}
	q := db.Query{Table: table, Columns: []string{wanted.user, wanted.domain}, Where: []db.Cond{db.Eq(known.user, u.User)}}
	if f.domain {
		q.Where = append(q.Where, db.Eq(known.domain, sip.TrimPrefixFold(u.Host, s.domainPrefix)))
	}
	var rows []db.Row
	c.Wait(func() { rows, err = s.db.Select(context.Background(), q) })
	for _, row := range rows {
		if !row.IsNull(0) && !row.IsNull(1) {
			uris = append(uris, "sip:"+row.Str(0)+"@"+row.Str(1))
		}
	}
	return uris, err
}

// appendBranches adds branches, as many as there is room for.
func appendBranches(m *route.Message, uris []string) {
	for _, uri := range uris {
		if len(m.Branches) >= route.MaxBranches-1 {
			return
		}
		m.Branches = append(m.Branches, route.Branch{URI: uri, Flags: m.Target.Flags})
	}
}
