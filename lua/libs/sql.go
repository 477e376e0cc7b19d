package libs

import (
	"errors"
	"net"
	"strconv"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/db"
)

// driver is one of LuaSQL's, as it differs from the other.
type driver struct {
	name   string // of the function that makes an environment: luasql.mysql()
	title  string // in messages
	url    func(L *glua.LState) (db.URL, error)
	value  func(r db.Row, i int) glua.LValue
	escape func(string) string
	begin  string // the statement that begins a transaction
}

func openMySQL(h Host, L *glua.LState) int {
	return openSQL(h, L, &driver{name: "mysql", title: "MySQL", url: mysqlURL, value: sqlText, escape: escapeMySQL, begin: "START TRANSACTION"})
}

func openSQLite(h Host, L *glua.LState) int {
	return openSQL(h, L, &driver{name: "sqlite3", title: "SQLite", url: sqliteURL, value: sqlValue, escape: escapeSQLite, begin: "BEGIN"})
}

// sqlLibrary is a driver in one state.
type sqlLibrary struct {
	*driver
	host                         Host
	environments, conns, cursors *glua.LTable
}

func openSQL(h Host, L *glua.LState, d *driver) int {
	s := &sqlLibrary{driver: d, host: h}
	s.environments = class(L, d.title+" environment", map[string]glua.LGFunction{"connect": s.connect, "close": s.closeEnvironment})
	s.conns = class(L, d.title+" connection", s.connectionMethods())
	s.cursors = class(L, d.title+" cursor", s.cursorMethods())
	lib := pushTable(L, map[string]glua.LGFunction{d.name: s.environment})
	lib.RawSetString("_VERSION", glua.LString("LuaSQL 2.6.0"))
	return 1
}

// sqlEnvironment is what luasql.mysql() gives.
type sqlEnvironment struct{ closed bool }

func (s *sqlLibrary) environment(L *glua.LState) int {
	L.Push(object(s.environments, new(sqlEnvironment)))
	return 1
}

func (s *sqlLibrary) closeEnvironment(L *glua.LState) int {
	e := self[*sqlEnvironment](L)
	L.Push(glua.LBool(!e.closed))
	e.closed = true
	return 1
}

// mysqlURL reads connect(database [, user [, password [, host [, port]]]]).
func mysqlURL(L *glua.LState) (db.URL, error) {
	u := db.URL{Driver: "mysql", Name: L.CheckString(2), User: L.OptString(3, ""), Password: L.OptString(4, ""), Host: L.OptString(5, "localhost")}
	if port := L.OptInt(6, 0); port != 0 {
		u.Host = net.JoinHostPort(u.Host, strconv.Itoa(port))
	}
	if path := L.OptString(7, ""); path != "" {
		u.Host = "unix(" + path + ")"
	}
	return u, nil
}

// errNoName says that an SQLite database needs a file.
var errNoName = errors.New("the database needs the name of a file")

func sqliteURL(L *glua.LState) (db.URL, error) {
	name := L.CheckString(2)
	if name == "" {
		return db.URL{}, errNoName
	}
	return db.URL{Driver: "sqlite", Name: name}, nil
}

// connect is env:connect. It gives a connection, or nil and the reason.
func (s *sqlLibrary) connect(L *glua.LState) int {
	if self[*sqlEnvironment](L).closed {
		L.ArgError(1, "LuaSQL: environment is closed")
	}
	u, err := s.url(L)
	if err == nil && s.host.Server().Offline && u.Driver == "mysql" {
		err = errOffline
	}
	if err == nil {
		err = s.host.Handles().room()
	}
	if err != nil {
		return s.failed(L, "error connecting to database", err)
	}
	o := db.DefaultOptions()
	o.MySQL.Changed = true
	c := &sqlConnection{auto: true}
	s.host.Wait(L, func() { c.conn, err = db.Connect(u, o) })
	if err != nil {
		return s.failed(L, "error connecting to database", err)
	}
	ud := object(s.conns, c)
	if err := s.host.Handles().add(ud, c.conn); err != nil {
		return s.failed(L, "error connecting to database", err)
	}
	L.Push(ud)
	return 1
}

// failed pushes nil and the reason in LuaSQL's words.
func (s *sqlLibrary) failed(L *glua.LState, what string, err error) int {
	return failed(L, "LuaSQL: "+what+". "+s.title+": "+db.Reason(err))
}

// sqlText is a value as MySQL's driver gives it: all are texts.
func sqlText(r db.Row, i int) glua.LValue {
	if r.IsNull(i) {
		return glua.LNil
	}
	return glua.LString(r.Str(i))
}

// sqlValue is a value as SQLite's driver gives it.
func sqlValue(r db.Row, i int) glua.LValue {
	switch v := r[i].(type) {
	case int64:
		return glua.LNumber(v)
	case float64:
		return glua.LNumber(v)
	}
	return sqlText(r, i)
}
