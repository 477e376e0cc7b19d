// Package domain tells which domains are local, and what is known of them. The tables are read at the start and by
// domain.reload; what is cached is immutable and stands behind an atomic pointer, so a check takes no lock.
package domain

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the domain module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "domain",
	Doc:    "The local domains and their attributes, from a database.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs:  functions,
	RPC: kemi.Commands[state]{
		{Name: "domain.reload", Run: (*state).rpcReload, Doc: "Reads the domains and their attributes anew."},
		{Name: "domain.dump", Run: (*state).rpcDump, Doc: "Shows the domains and the names of their attributes."},
	},
})

// state is the module in one server.
type state struct {
	dbURL                          string
	domainTable, attrTable         string
	did, domain, name, kind, value string // columns
	registerMyself                 int

	server *kemi.Server
	db     *db.DB
	tables atomic.Pointer[tables]
}

var params = kemi.Params[state]{
	kemi.StrParam("db_url", kemi.ReadURL, func(s *state) *string { return &s.dbURL }, "database with the domains"),
	kemi.StrParam("domain_table", "domain", func(s *state) *string { return &s.domainTable }, "table of the domains"),
	kemi.StrParam("domain_attrs_table", "domain_attrs", func(s *state) *string { return &s.attrTable }, "table of their attributes"),
	kemi.StrParam("did_col", "did", func(s *state) *string { return &s.did }, "column of the domain's id in both tables; NULL in the first one: the domain itself"),
	kemi.StrParam("domain_col", "domain", func(s *state) *string { return &s.domain }, "column of the domain"),
	kemi.StrParam("name_col", "name", func(s *state) *string { return &s.name }, "column of the attribute's name"),
	kemi.StrParam("type_col", "type", func(s *state) *string { return &s.kind }, "column of the attribute's type: 0 a number, 2 a text"),
	kemi.StrParam("value_col", "value", func(s *state) *string { return &s.value }, "column of the attribute's value"),
	kemi.IntParam("register_myself", 0, func(s *state) *int { return &s.registerMyself }, "1: the domains are names of this server (KSR.is_myself and all that asks the same)"),
}

// The versions of the tables.
const (
	domainVersion = 2
	attrVersion   = 1
)

// Start reads the tables. It blocks until the database answers.
func (s *state) Start(server *kemi.Server) (err error) {
	s.server = server
	if s.db, err = server.DB(s.dbURL); err != nil {
		return fmt.Errorf("db_url: %w", err)
	}
	ctx := context.Background()
	if err := s.db.CheckVersion(ctx, s.domainTable, domainVersion); err != nil {
		return err
	}
	if err := s.db.CheckVersion(ctx, s.attrTable, attrVersion); err != nil {
		return err
	}
	if err := s.reload(ctx); err != nil {
		return err
	}
	if s.registerMyself != 0 {
		server.Core.AddSelfCheck(func(host string, _ uint16, _ flow.Proto) bool { return s.find(host) != nil })
	}
	return nil
}

// reload reads the tables and puts them in the place of the old ones, if all went well.
func (s *state) reload(ctx context.Context) error {
	t, err := s.read(ctx)
	if err != nil {
		return err
	}
	s.tables.Store(t)
	return nil
}

// find is a local domain, in any case; nil if it is not local.
func (s *state) find(name string) *domain { return s.tables.Load().find(name) }

func (s *state) rpcReload(c *rpc.Call) error {
	if err := s.reload(c.Context()); err != nil {
		s.server.Log.Error("domain", "domain.reload: "+err.Error()+"; what was loaded before stays")
		return c.Fault(400, "Reload of domain tables failed")
	}
	return nil
}

func (s *state) rpcDump(c *rpc.Call) error {
	t := s.tables.Load()
	out := c.AddStruct()
	domains := out.List("domains")
	for _, d := range t.inOrder() {
		domains.Struct("").Add("domain", d.name).Add("did", d.did)
	}
	attributes := out.List("attributes")
	for i := len(t.owners) - 1; i >= 0; i-- {
		did := t.owners[i]
		names := attributes.Struct("").Add("did", did).List("attrs")
		for _, a := range t.of(did) {
			names.Add(a.name)
		}
	}
	return nil
}
