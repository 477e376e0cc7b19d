// Package group tells which groups a user is in. Membership is asked of the database each time; the regular
// expressions of the second table are read at the start.
package group

import (
	"context"
	"fmt"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the group module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "group",
	Doc:    "Groups of users, in a database.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs: kemi.Funcs[state]{
		{Name: "is_user_in", Args: "uri str, group str", Returns: kemi.Code, Call: (*state).isUserIn, Waits: true, Doc: "1 if the user of a URI is in a group, -6 if not, -5 without the database, -1 for a URI without user or an empty group"},
		{Name: "get_user_group", Args: "uri str, variable str", Returns: kemi.Code, Call: (*state).userGroup, Doc: "puts the groups whose expressions match sip:user@domain of a URI into an AVP, such as $avp(group), that of the first row on top: their number, or -1; the incumbent has it in its own language only"},
	},
})

// state is the module in one server.
type state struct {
	dbURL               string
	table               string
	user, domain, group string // columns
	useDomain           int
	reTable             string
	reText, reGroup     string // columns
	allGroups           int

	db    *db.DB
	rules []rule // of the second table; they do not change
}

var params = kemi.Params[state]{
	kemi.StrParam("db_url", kemi.ReadURL, func(s *state) *string { return &s.dbURL }, "database with the groups"),
	kemi.StrParam("table", "grp", func(s *state) *string { return &s.table }, "table of users and their groups"),
	kemi.StrParam("user_column", "username", func(s *state) *string { return &s.user }, "column of the user"),
	kemi.StrParam("domain_column", "domain", func(s *state) *string { return &s.domain }, "column of the user's domain"),
	kemi.StrParam("group_column", "grp", func(s *state) *string { return &s.group }, "column of the group"),
	kemi.IntParam("use_domain", 0, func(s *state) *int { return &s.useDomain }, "1: the domain must fit too"),
	kemi.StrParam("re_table", "", func(s *state) *string { return &s.reTable }, "table of regular expressions and their groups; empty: not used"),
	kemi.StrParam("re_exp_column", "reg_exp", func(s *state) *string { return &s.reText }, "column of the regular expression"),
	kemi.StrParam("re_gid_column", "group_id", func(s *state) *string { return &s.reGroup }, "column of its group, a number"),
	kemi.IntParam("multiple_gid", 1, func(s *state) *int { return &s.allGroups }, "1: get_user_group gives all groups that match; 0: the first one"),
}

// The versions of the tables.
const (
	groupVersion = 2
	reVersion    = 1
)

// Start connects to the database and reads the regular expressions. It blocks until the database answers.
func (s *state) Start(server *kemi.Server) (err error) {
	if s.db, err = server.DB(s.dbURL); err != nil {
		return fmt.Errorf("db_url: %w", err)
	}
	ctx := context.Background()
	if err := s.db.CheckVersion(ctx, s.table, groupVersion); err != nil {
		return err
	}
	if s.reTable == "" {
		return nil
	}
	if err := s.db.CheckVersion(ctx, s.reTable, reVersion); err != nil {
		return err
	}
	s.rules, err = s.readRules(ctx)
	return err
}

var (
	yes       = kemi.Int(1)
	no        = kemi.Int(-1)
	noAnswer  = kemi.Int(-5)
	notMember = kemi.Int(-6)
)

func (s *state) isUserIn(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	u, err := sip.ParseURI(a.Str(0))
	if err != nil || u.User == "" || a.Str(1) == "" {
		return no
	}
	q := db.Query{Table: s.table, Columns: []string{s.group}, Limit: 1, Where: []db.Cond{db.Eq(s.user, u.User), db.Eq(s.group, a.Str(1))}}
	if s.useDomain != 0 {
		q.Where = append(q.Where, db.Eq(s.domain, u.Host))
	}
	var rows []db.Row
	c.Wait(func() { rows, err = s.db.Select(context.Background(), q) })
	switch {
	case err != nil:
		c.Log(log.Err, "group", "is_user_in: "+err.Error())
		return noAnswer
	case len(rows) == 0:
		return notMember
	}
	return yes
}
