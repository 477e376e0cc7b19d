// Package uri_db checks the users in URIs: that they are the one who was authenticated, or may be used by that one, and
// that they exist. Each check of a table asks the database.
package uri_db

import (
	"context"
	"fmt"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the uri_db module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "uri_db",
	Doc:    "Checks users in URIs against the credentials and against a database.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs:  functions,
})

// state is the module in one server.
type state struct {
	dbURL                 string
	table                 string
	user, domain, uriUser string // columns
	useURITable           int
	useDomain             int

	db *db.DB // nil without db_url
}

var params = kemi.Params[state]{
	kemi.StrParam("db_url", kemi.ReadURL, func(s *state) *string { return &s.dbURL }, "database with the users; empty: none is used"),
	kemi.StrParam("db_table", "subscriber", func(s *state) *string { return &s.table }, "table of the users: subscriber, or with use_uri_table the table uri"),
	kemi.StrParam("user_column", "username", func(s *state) *string { return &s.user }, "column of the user"),
	kemi.StrParam("domain_column", "domain", func(s *state) *string { return &s.domain }, "column of the domain"),
	kemi.StrParam("uriuser_column", "uri_user", func(s *state) *string { return &s.uriUser }, "column of a user that URIs may have, in the table uri"),
	kemi.IntParam("use_uri_table", 0, func(s *state) *int { return &s.useURITable }, "1: the table says which URIs an authenticated user may use; 0: those with its own name"),
	kemi.IntParam("use_domain", 0, func(s *state) *int { return &s.useDomain }, "1: does_uri_exist compares the domain too"),
}

// The versions of the tables.
const (
	uriVersion        = 1
	subscriberVersion = 7
)

// Start connects to the database. It blocks until that answers.
func (s *state) Start(server *kemi.Server) (err error) {
	if s.dbURL == "" {
		return nil
	}
	if s.db, err = server.DB(s.dbURL); err != nil {
		return fmt.Errorf("db_url: %w", err)
	}
	version := subscriberVersion
	if s.useURITable != 0 {
		version = uriVersion
	}
	return s.db.CheckVersion(context.Background(), s.table, version)
}
