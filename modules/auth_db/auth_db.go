// Package auth_db checks digest credentials against the subscribers in a database.
package auth_db

import (
	"context"
	"fmt"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/digest"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the auth_db module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "auth_db",
	Doc:    "Digest authentication against the subscribers in a database.",
	Needs:  []string{"auth"},
	New:    func() *state { return new(state) },
	Params: params,
	Funcs:  functions,
})

// state is the module in one server.
type state struct {
	dbURL                             string
	user, domain, password, password2 string // columns
	calculateHA1, useDomain           int
	checkVersion, alwaysLoad          int
	loadText                          string // load_credentials

	load   []loaded
	db     *db.DB
	digest *digest.Authenticator
}

var params = kemi.Params[state]{
	kemi.StrParam("db_url", kemi.ReadURL, func(s *state) *string { return &s.dbURL }, "database with the subscribers"),
	kemi.StrParam("user_column", "username", func(s *state) *string { return &s.user }, "column of the user name"),
	kemi.StrParam("domain_column", "domain", func(s *state) *string { return &s.domain }, "column of the domain"),
	kemi.StrParam("password_column", "ha1", func(s *state) *string { return &s.password }, "column of the hash of user:realm:password (HA1), or of the password if calculate_ha1 is 1"),
	kemi.StrParam("password_column_2", "ha1b", func(s *state) *string { return &s.password2 }, "column of the hash of user@domain:realm:password, for clients that send such user names"),
	kemi.IntParam("calculate_ha1", 0, func(s *state) *int { return &s.calculateHA1 }, "1: password_column has passwords, not hashes"),
	kemi.IntParam("use_domain", 0, func(s *state) *int { return &s.useDomain }, "1: users are told apart by their domain too, and checks compare domains"),
	kemi.StrParam("load_credentials", "", func(s *state) *string { return &s.loadText }, "columns to put into variables after a check, for example $avp(rpid)=rpid;email: a name alone goes to the AVP of that name"),
	kemi.IntParam("version_table", 1, func(s *state) *int { return &s.checkVersion }, "1: the table subscriber must have the version that this server knows, unless its version is not recorded"),
	kemi.IntParam("force_generate_avps", 0, func(s *state) *int { return &s.alwaysLoad }, "1: load_credentials happens even if the password is wrong"),
}

// authority is what the auth module offers.
type authority interface{ Authenticator() *digest.Authenticator }

// Start connects to the database. It blocks until that answers.
func (s *state) Start(server *kemi.Server) (err error) {
	a, ok := server.Registry.Module("auth").State.(authority)
	if !ok {
		return fmt.Errorf("the auth module offers no authenticator")
	}
	s.digest = a.Authenticator()
	if s.load, err = parseLoad(server.Registry, s.loadText); err != nil {
		return err
	}
	if s.db, err = server.DB(s.dbURL); err != nil {
		return fmt.Errorf("db_url: %w", err)
	}
	return s.checkTable(server)
}

// The table that the version check is about, and its version.
const (
	subscribers        = "subscriber"
	subscribersVersion = 7
)

// checkTable refuses a subscriber table of another version. A database where it is not recorded may have its users in a
// table of its own, which is as good as a warning.
func (s *state) checkTable(server *kemi.Server) error {
	if s.checkVersion == 0 {
		return nil
	}
	ctx := context.Background()
	wrong := s.db.CheckVersion(ctx, subscribers, subscribersVersion)
	if wrong == nil {
		return nil
	}
	rows, err := s.db.Select(ctx, db.Query{Table: db.VersionTable, Columns: []string{"table_version"}, Where: []db.Cond{db.Eq("table_name", subscribers)}})
	if err == nil && len(rows) > 0 {
		return wrong
	}
	server.Log.Warning("auth_db", wrong.Error())
	return nil
}
