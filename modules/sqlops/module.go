// Package sqlops lets a script put questions to databases in their own SQL.
package sqlops

import (
	"errors"
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the sqlops module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "sqlops",
	Doc:  "Queries of the script to databases, in their own SQL.",
	New:  func() *state { return &state{connections: map[string]*connection{}} },
	Params: kemi.Params[state]{
		kemi.FuncParam("sqlcon", kemi.KindStr, "", (*state).define, "a connection: NAME=>URL; may be given several times"),
		kemi.IntParam("connect_mode", 0, func(s *state) *int { return &s.mode }, "1: start also where a database cannot be reached; its queries fail"),
		kemi.IntParam("results_maxsize", 32, func(s *state) *int { return &s.maxResults }, "how many results of one message are kept at a time"),
		kemi.FuncParam("sqlres", kemi.KindStr, "", ignore, "accepted; a result needs no declaration"),
		kemi.FuncParam("tr_buf_size", kemi.KindInt, "2048", ignore, "accepted; texts have no bound here"),
		kemi.IntParam("log_buf_size", 128, func(s *state) *int { return &s.logSize }, "how many bytes the log has of a query that fails"),
	},
	Funcs: functions,
	Trans: transformations,
	Vars: kemi.Vars[state]{
		{Name: "dbr", Named: true, Parse: parseField, Get: getField, Doc: "a part of a result: $dbr(result=>rows), =>cols, =>colname[N] and =>[row,column]"},
		{Name: "sqlrows", Named: true, Get: getRows, Doc: "rows that the message's last query over a connection touched or found; -1 if it failed"},
	},
})

// ignore takes a parameter that has no meaning here.
func ignore(*state, kemi.ParamValue) error { return nil }

// state is the module in one server.
type state struct {
	server      *kemi.Server
	mode        int
	maxResults  int
	logSize     int
	connections map[string]*connection
	order       []*connection
}

// connection is a database by the name that scripts use.
type connection struct {
	name, url string
	mysql     bool   // a server, not SQLite
	d         *db.DB // nil: it could not be reached at the start
}

var errConnection = errors.New("want NAME=>URL")

func (s *state) define(v kemi.ParamValue) error {
	name, url, ok := strings.Cut(v.Str, "=>")
	name, url = strings.TrimSpace(name), strings.TrimSpace(url)
	if !ok || name == "" {
		return fmt.Errorf("sqlcon: %w", errConnection)
	}
	u, err := db.ParseURL(url)
	if err != nil {
		return fmt.Errorf("sqlcon: %w", err)
	}
	if s.connections[name] != nil {
		return fmt.Errorf("sqlcon: connection %q is defined twice", name)
	}
	c := &connection{name: name, url: url, mysql: u.Driver == "mysql"}
	s.connections[name], s.order = c, append(s.order, c)
	return nil
}

// Start opens the databases.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	for _, c := range s.order {
		var err error
		if c.d, err = server.DB(c.url); err == nil {
			continue
		}
		if s.mode == 0 {
			return fmt.Errorf("connection %s: %w", c.name, err)
		}
		server.Log.Write(log.Err, "sqlops", fmt.Sprintf("connection %s: %v; its queries fail", c.name, err))
	}
	return nil
}
