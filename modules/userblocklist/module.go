// Package userblocklist tells whether a number is blocked, for everybody or for one user, by
// the longest prefix that is on a list.
package userblocklist

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the userblocklist module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "userblocklist",
	Doc:    "Lists of number prefixes that are blocked or allowed, for everybody and for each user; the longest prefix decides.",
	New:    func() *state { return &state{global: map[string]list{}} },
	Params: params,
	Funcs:  functions,
	RPC:    commands,
})

var params = kemi.Params[state]{
	kemi.StrParam("db_url", kemi.ReadURL, func(s *state) *string { return &s.url }, "where the lists are: a database, or text:DIRECTORY, which has a file for each table in the format of db_text"),
	kemi.IntParam("use_domain", 0, func(s *state) *int { return &s.useDomain }, "1: entries of users count for their domain only"),
	kemi.IntParam("match_mode", 10, func(s *state) *int { return &s.mode }, "10: prefixes are digits, and what stands before and after the digits of a number does not count; 128: all characters count"),
	kemi.StrParam("globalblocklist_table", "globalblocklist", func(s *state) *string { return &s.globalTable }, "table of the prefixes for everybody"),
	kemi.FuncParam("globalblocklist_id_col", kemi.KindStr, `"id"`, ignore, "accepted; the column is not read"),
	kemi.StrParam("globalblocklist_prefix_col", "prefix", func(s *state) *string { return &s.globalCols.prefix }, "column of the prefix"),
	kemi.StrParam("globalblocklist_allowlist_col", "allowlist", func(s *state) *string { return &s.globalCols.allow }, "column that is 0 for blocked and 1 for allowed prefixes"),
	kemi.FuncParam("globalblocklist_description_col", kemi.KindStr, `"description"`, ignore, "accepted; the column is not read"),
	kemi.StrParam("userblocklist_table", "userblocklist", func(s *state) *string { return &s.userTable }, "table of the prefixes of users"),
	kemi.FuncParam("userblocklist_id_col", kemi.KindStr, `"id"`, ignore, "accepted; the column is not read"),
	kemi.StrParam("userblocklist_username_col", "username", func(s *state) *string { return &s.userCols.user }, "column of the user"),
	kemi.StrParam("userblocklist_domain_col", "domain", func(s *state) *string { return &s.userCols.domain }, "column of the domain"),
	kemi.StrParam("userblocklist_prefix_col", "prefix", func(s *state) *string { return &s.userCols.prefix }, "column of the prefix"),
	kemi.StrParam("userblocklist_allowlist_col", "allowlist", func(s *state) *string { return &s.userCols.allow }, "column that is 0 for blocked and 1 for allowed prefixes"),
}

func ignore(*state, kemi.ParamValue) error { return nil }

// columns are the names of the columns that are read.
type columns struct{ user, domain, prefix, allow string }

// state is the module in one server.
type state struct {
	server                 *kemi.Server
	url                    string
	useDomain, mode        int
	globalTable, userTable string
	globalCols, userCols   columns
	source                 source

	mu     sync.RWMutex
	global map[string]list // the loaded lists for everybody, by table
}

// maxTables bounds the lists for everybody that scripts name.
const maxTables = 32

// digitMode is the match_mode where prefixes are digits.
const digitMode = 10

var (
	errURL  = errors.New("db_url: text: needs the path of a directory")
	errMode = errors.New("match_mode must be 10 or 128")
)

// Start loads the list for everybody.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	if s.mode != digitMode && s.mode != 128 {
		return errMode
	}
	var err error
	if s.source, err = s.openSource(server); err != nil {
		return err
	}
	return s.load(s.globalTable)
}

// load reads a list for everybody. It blocks.
func (s *state) load(table string) error {
	l, err := s.source.everybody(table)
	if err != nil {
		return err
	}
	if s.mode == digitMode {
		maps.DeleteFunc(l, func(prefix string, _ bool) bool { return strings.ContainsFunc(prefix, notDigit) })
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.global[table] = l
	return nil
}

// all is the list for everybody in a table. A table that was not asked for before is
// loaded; nil if that fails, so that nothing is blocked.
func (s *state) all(c *kemi.Ctx, table string) list {
	s.mu.RLock()
	l, loaded := s.global[table]
	count := len(s.global)
	s.mu.RUnlock()
	switch {
	case loaded:
		return l
	case count >= maxTables:
		s.server.Log.Once("userblocklist tables", log.Err, "userblocklist",
			fmt.Sprintf("table %s is not used, so that it blocks nothing: a server takes %d tables for everybody", table, maxTables))
		return nil
	}
	var err error
	c.Wait(func() { err = s.load(table) })
	if err != nil {
		s.server.Log.Write(log.Err, "userblocklist", err.Error())
		return nil
	}
	return s.loaded(table)
}

// loaded is a list for everybody that was loaded; nil if it was not.
func (s *state) loaded(table string) list {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.global[table]
}
