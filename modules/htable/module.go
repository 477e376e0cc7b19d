// Package htable offers hash tables that all shards share: counters, bans, caches.
package htable

import (
	"fmt"
	"maps"
	"slices"

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
	server       *kemi.Server
	tables       map[string]*table
	regexes      regexes
	dbURL        string
	interval     int
	callback     string
	callbackMode int
	dmq          int
	unused       struct {
		keyName, keyType, valueType, keyValue, expires, arraySuffix, dmqPeer string
		fetchRows, dbExpires, dmqInitSync, timerProcs                        int
	}
}

var params = kemi.Params[state]{
	kemi.FuncParam("htable", kemi.KindStr, "", (*state).define, "defines a table: NAME=>size=8;autoexpire=300;initval=0;updateexpire=1"),
	kemi.StrParam("db_url", "", func(s *state) *string { return &s.dbURL }, "database of tables that have a dbtable"),
	kemi.StrParam("key_name_column", "key_name", func(s *state) *string { return &s.unused.keyName }, "database column of the key"),
	kemi.StrParam("key_type_column", "key_type", func(s *state) *string { return &s.unused.keyType }, "database column of the key's type"),
	kemi.StrParam("value_type_column", "value_type", func(s *state) *string { return &s.unused.valueType }, "database column of the value's type"),
	kemi.StrParam("key_value_column", "key_value", func(s *state) *string { return &s.unused.keyValue }, "database column of the value"),
	kemi.StrParam("expires_column", "expires", func(s *state) *string { return &s.unused.expires }, "database column of the expiry"),
	kemi.StrParam("array_size_suffix", "::size", func(s *state) *string { return &s.unused.arraySuffix }, "suffix of the key that holds the size of an array read from a database"),
	kemi.IntParam("fetch_rows", 100, func(s *state) *int { return &s.unused.fetchRows }, "rows fetched from a database at once"),
	kemi.IntParam("timer_interval", 20, func(s *state) *int { return &s.interval }, "seconds between two removals of expired values"),
	kemi.IntParam("db_expires", 0, func(s *state) *int { return &s.unused.dbExpires }, "1: the expiry is kept in the database"),
	kemi.IntParam("enable_dmq", 0, func(s *state) *int { return &s.dmq }, "1: replicate tables to other servers"),
	kemi.IntParam("dmq_init_sync", 0, func(s *state) *int { return &s.unused.dmqInitSync }, "1: fetch the tables from another server at the start"),
	kemi.IntParam("timer_procs", 0, func(s *state) *int { return &s.unused.timerProcs }, "accepted; removals need no process of their own here"),
	kemi.StrParam("event_callback", "", func(s *state) *string { return &s.callback }, "script function for the module's events"),
	kemi.IntParam("event_callback_mode", 0, func(s *state) *int { return &s.callbackMode }, "accepted; htable:mod-init runs once here"),
	kemi.StrParam("dmq_peer_id", "htable", func(s *state) *string { return &s.unused.dmqPeer }, "id of the replication peer"),
}

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

// Start checks what needs a database or other servers, and begins to remove expired values.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	if s.dmq != 0 {
		return fmt.Errorf("enable_dmq=%d: tables cannot be replicated; the supported value is 0", s.dmq)
	}
	for _, t := range s.sorted() {
		if s.dbURL != "" && t.dbTable != "" {
			return fmt.Errorf("table %s: dbtable=%s: tables cannot be read from a database; leave out db_url or dbtable", t.name, t.dbTable)
		}
	}
	server.Go(s.expire)
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
