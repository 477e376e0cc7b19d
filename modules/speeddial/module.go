// Package speeddial replaces a short number in the request URI by the address that its owner keeps for it. Each lookup
// asks the database.
package speeddial

import (
	"context"
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the speeddial module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "speeddial",
	Doc:    "Short numbers of users, in a database.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs: kemi.Funcs[state]{
		{Name: "lookup", Args: "table str", Returns: kemi.Code, Call: (*state).lookup, Waits: true, Doc: "replaces the request URI by what its user is a short number for with the user in From: 1, or -1 if there is none"},
		{Name: "lookup_owner", Args: "table str, owner str", Returns: kemi.Code, Call: (*state).lookup, Waits: true, Doc: "lookup among the short numbers of the user in a URI; empty: the one in From"},
	},
})

// state is the module in one server.
type state struct {
	dbURL                                 string
	user, domain, sdUser, sdDomain, newTo string // columns
	useDomain                             int
	domainPrefix                          string

	db *db.DB
}

// The values of use_domain.
const (
	ownersDomain = 1 // and whatever is above it
	bothDomains  = 2
)

var params = kemi.Params[state]{
	kemi.StrParam("db_url", kemi.ReadURL, func(s *state) *string { return &s.dbURL }, "database with the short numbers"),
	kemi.StrParam("user_column", "username", func(s *state) *string { return &s.user }, "column of the owner's user"),
	kemi.StrParam("domain_column", "domain", func(s *state) *string { return &s.domain }, "column of the owner's domain"),
	kemi.StrParam("sd_user_column", "sd_username", func(s *state) *string { return &s.sdUser }, "column of the short number"),
	kemi.StrParam("sd_domain_column", "sd_domain", func(s *state) *string { return &s.sdDomain }, "column of the short number's domain"),
	kemi.StrParam("new_uri_column", "new_uri", func(s *state) *string { return &s.newTo }, "column of the address"),
	kemi.IntParam("use_domain", 0, func(s *state) *int { return &s.useDomain }, "1: the owner's domain must fit; 2: and that of the request URI"),
	kemi.StrParam("domain_prefix", "", func(s *state) *string { return &s.domainPrefix }, "what is cut from the front of both domains first"),
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

// lookup serves lookup_owner too, whose second argument is the owner.
func (s *state) lookup(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return no
	}
	owner := ""
	if a.Len() > 1 {
		owner = a.Str(1)
	}
	uri, err := s.find(c, a.Str(0), owner)
	if err != nil {
		c.Log(log.Err, "speeddial", err.Error())
	}
	if uri == "" {
		return no
	}
	c.Msg.SetURI(uri)
	return yes
}

// find gives the address of the request's short number; empty if there is none.
func (s *state) find(c *kemi.Ctx, table, owner string) (string, error) {
	o, err := ownerOf(c, owner)
	if err != nil {
		return "", fmt.Errorf("the owner: %w", err)
	}
	number, err := sip.ParseURI(c.Msg.CurrentURI())
	if err != nil {
		return "", fmt.Errorf("the request URI: %w", err)
	}
	var rows []db.Row
	q := s.query(table, &o, &number)
	c.Wait(func() { rows, err = s.db.Select(context.Background(), q) })
	if err != nil || len(rows) == 0 || rows[0].IsNull(0) {
		return "", err
	}
	return address(rows[0].Str(0)), nil
}

// ownerOf is the owner's URI: the given one, or that of From.
func ownerOf(c *kemi.Ctx, text string) (sip.URI, error) {
	if text != "" {
		return sip.ParseURI(text)
	}
	from, err := c.Msg.From()
	if err != nil {
		return sip.URI{}, err
	}
	u, err := from.URI()
	return *u, err
}

func (s *state) query(table string, owner, number *sip.URI) db.Query {
	q := db.Query{Table: table, Columns: []string{s.newTo}, Limit: 1, Where: []db.Cond{db.Eq(s.user, owner.User), db.Eq(s.sdUser, number.User)}}
	if s.useDomain >= ownersDomain {
		q.Where = append(q.Where, db.Eq(s.domain, sip.TrimPrefixFold(owner.Host, s.domainPrefix)))
	}
	if s.useDomain >= bothDomains {
		q.Where = append(q.Where, db.Eq(s.sdDomain, sip.TrimPrefixFold(number.Host, s.domainPrefix)))
	}
	return q
}

// address makes a URI of what the table has, which may lack the scheme.
func address(text string) string {
	if strings.HasPrefix(text, "sip:") {
		return text
	}
	return "sip:" + text
}
