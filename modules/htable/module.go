// Package htable offers hash tables that all shards share: counters, bans, caches.
package htable

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the htable module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "htable",
	Doc:    "Hash tables in memory, shared by all calls, whose values may expire.",
	New:    func() *state { return &state{tables: map[string]*table{}} },
	Params: params,
	Funcs:  functions,
	RPC:    commands,
	Vars:   variables,
	Events: []kemi.Event{
		{Name: "htable:mod-init", Param: "event_callback", Doc: "the tables exist and no message has come in yet"},
		{Name: "htable:expired:TABLE", Param: "event_callback", Doc: "a value of TABLE has expired; $shtrecord(key) and $shtrecord(value) tell which"},
	},
})

// state is the module in one server. The set of tables does not change after the start.
type state struct {
	server     *kemi.Server
	tables     map[string]*table
	regexes    regexes
	dbURL      string
	dbExpires  int
	columns    columns
	sizeSuffix string
	interval   int
	callback   string
	dmq        int
	db         *db.DB // nil: none
}

var params = kemi.Params[state]{
	kemi.FuncParam("htable", kemi.KindStr, "", (*state).define, "defines a table: NAME=>size=8;autoexpire=300;initval=0;updateexpire=1;dbtable=TABLE;dbmode=1;cols='key,value,value'"),
	kemi.StrParam("db_url", "", func(s *state) *string { return &s.dbURL }, "database of tables that have a dbtable"),
	kemi.StrParam("key_name_column", "key_name", func(s *state) *string { return &s.columns.name }, "database column of the key"),
	kemi.StrParam("key_type_column", "key_type", func(s *state) *string { return &s.columns.keyType }, "database column of the key's type: 1 for rows that make an array, else 0"),
	kemi.StrParam("value_type_column", "value_type", func(s *state) *string { return &s.columns.valueType }, "database column of the value's type: 1 for a number, 0 for a text"),
	kemi.StrParam("key_value_column", "key_value", func(s *state) *string { return &s.columns.value }, "database column of the value"),
	kemi.StrParam("expires_column", "expires", func(s *state) *string { return &s.columns.expires }, "database column of the expiry, in seconds since 1970; 0 for none"),
	kemi.StrParam("array_size_suffix", "::size", func(s *state) *string { return &s.sizeSuffix }, "suffix of the key that holds the size of an array read from a database"),
	kemi.FuncParam("fetch_rows", kemi.KindInt, "100", ignore, "accepted; rows are taken as they come"),
	kemi.IntParam("timer_interval", 20, func(s *state) *int { return &s.interval }, "seconds between two removals of expired values"),
	kemi.IntParam("db_expires", 0, func(s *state) *int { return &s.dbExpires }, "1: the expiry is kept in the database"),
	kemi.IntParam("enable_dmq", 0, func(s *state) *int { return &s.dmq }, "1: replicate tables to other servers"),
	kemi.FuncParam("dmq_init_sync", kemi.KindInt, "0", ignore, "1: fetch the tables from another server at the start"),
	kemi.FuncParam("timer_procs", kemi.KindInt, "0", ignore, "accepted; removals need no process of their own here"),
	kemi.StrParam("event_callback", "", func(s *state) *string { return &s.callback }, "script function for the module's events"),
	kemi.FuncParam("event_callback_mode", kemi.KindInt, "0", ignore, "accepted; htable:mod-init runs once here"),
	kemi.FuncParam("dmq_peer_id", kemi.KindStr, `"htable"`, ignore, "id of the replication peer"),
}

// ignore takes a parameter that has no meaning here.
func ignore(*state, kemi.ParamValue) error { return nil }

// define adds the table of one htable parameter; the first one of a name counts.
func (s *state) define(v kemi.ParamValue) error {
	d, err := parseDefinition(v.Str)
	if err != nil {
		return err
	}
	if s.tables[d.name] == nil {
		s.tables[d.name] = newTable(d)
	}
	return nil
}

// Start reads the tables that are in a database, and begins to remove expired values.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	if s.dmq != 0 {
		return fmt.Errorf("enable_dmq=%d: tables cannot be replicated; the supported value is 0", s.dmq)
	}
	if err := s.openStore(); err != nil {
		return err
	}
	server.Every(time.Duration(max(s.interval, 1))*time.Second, s.sweep)
	if s.callback != "" {
		server.OnReady(func() { s.raise("htable:mod-init", entry{}) })
	}
	return nil
}

// table finds a table and says so once for each place of the script if there is none.
func (s *state) table(c *kemi.Ctx, function, name string) *table {
	t := s.tables[name]
	if t == nil {
		c.Misuse("htable."+function, fmt.Sprintf("there is no table %q", name))
	}
	return t
}

func (s *state) now() int64 { return s.server.Clock.Now().Unix() }

// sorted is all tables by name.
func (s *state) sorted() []*table {
	list := make([]*table, 0, len(s.tables))
	for _, name := range slices.Sorted(maps.Keys(s.tables)) {
		list = append(list, s.tables[name])
	}
	return list
}
