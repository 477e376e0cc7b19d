package libs

import (
	"errors"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/db"
)

// sqlConnection is a connection of a script. Only its state uses it.
type sqlConnection struct {
	conn    *db.Connection
	auto    bool // each statement is committed by itself
	begun   bool
	last    int64
	cursors int // that are open
	closed  bool
}

func (s *sqlLibrary) connectionMethods() map[string]glua.LGFunction {
	return map[string]glua.LGFunction{
		"execute": s.execute, "close": s.close, "setautocommit": s.setAutoCommit, "ping": s.ping,
		"commit":   func(L *glua.LState) int { return s.end(L, "COMMIT") },
		"rollback": func(L *glua.LState) int { return s.end(L, "ROLLBACK") },
		"escape": func(L *glua.LState) int {
			s.open(L)
			return text(s.host, L, s.escape(L.CheckString(2)))
		},
		"getlastautoid": func(L *glua.LState) int {
			L.Push(glua.LNumber(s.open(L).last))
			return 1
		},
	}
}

// open is the connection that a method is called on.
func (s *sqlLibrary) open(L *glua.LState) *sqlConnection {
	c := self[*sqlConnection](L)
	if c.closed {
		L.ArgError(1, "LuaSQL: connection is closed")
	}
	return c
}

// execute is conn:execute(statement): a cursor, or the number of rows that it touched; or nil and the reason.
func (s *sqlLibrary) execute(L *glua.LState) int {
	c, statement := s.open(L), L.CheckString(2)
	cur := &sqlCursor{conn: c, limit: s.host.MaxText()}
	var touched int64
	var err error
	asks := db.Asks(statement)
	s.host.Wait(L, func() {
		if err = c.begin(s.begin); err != nil {
			return
		}
		if asks {
			cur.names, cur.types, err = c.conn.Query(statement, cur.add)
			return
		}
		touched, c.last, err = c.conn.Exec(statement)
	})
	if err != nil {
		return s.failed(L, "error executing query", err)
	}
	if !asks {
		L.Push(glua.LNumber(touched))
		return 1
	}
	s.host.Charge(L, cur.bytes)
	c.cursors++
	L.Push(object(s.cursors, cur))
	return 1
}

// begin begins the transaction that a statement without autocommit is part of.
func (c *sqlConnection) begin(statement string) error {
	if c.auto || c.begun {
		return nil
	}
	_, _, err := c.conn.Exec(statement)
	c.begun = err == nil
	return err
}

// end is commit and rollback.
func (s *sqlLibrary) end(L *glua.LState, statement string) int {
	c := s.open(L)
	var err error
	if c.begun {
		s.host.Wait(L, func() { _, _, err = c.conn.Exec(statement) })
		c.begun = false
	}
	L.Push(glua.LBool(err == nil))
	return 1
}

// setAutoCommit is setautocommit(on). What was begun is committed when it is turned on.
func (s *sqlLibrary) setAutoCommit(L *glua.LState) int {
	c := s.open(L)
	if c.auto = glua.LVAsBool(L.Get(2)); c.auto && c.begun {
		return s.end(L, "COMMIT")
	}
	L.Push(glua.LTrue)
	return 1
}

func (s *sqlLibrary) ping(L *glua.LState) int {
	c := s.open(L)
	var err error
	s.host.Wait(L, func() { _, _, err = c.conn.Query("SELECT 1", func(db.Row) error { return nil }) })
	L.Push(glua.LBool(err == nil))
	return 1
}

// close is conn:close(): false if it was closed, or has open cursors.
func (s *sqlLibrary) close(L *glua.LState) int {
	c := self[*sqlConnection](L)
	if c.closed || c.cursors > 0 {
		L.Push(glua.LFalse)
		return 1
	}
	c.closed = true
	s.host.Wait(L, func() { s.host.Handles().close(c.conn) })
	L.Push(glua.LTrue)
	return 1
}

var mysqlEscapes = strings.NewReplacer("\x00", `\0`, "\n", `\n`, "\r", `\r`, `\`, `\\`, `'`, `\'`, `"`, `\"`, "\x1a", `\Z`)

func escapeMySQL(s string) string { return mysqlEscapes.Replace(s) }

func escapeSQLite(s string) string { return strings.ReplaceAll(s, "'", "''") }

// errLargeAnswer says that an answer has more bytes than a script may get at once.
var errLargeAnswer = errors.New("the answer is larger than the script's memory allows: ask for fewer rows")

// sqlCursor holds the rows of an answer: the connection is free for other statements meanwhile.
type sqlCursor struct {
	conn         *sqlConnection
	names, types []string
	rows         []db.Row
	at           int
	bytes, limit int
	closed       bool
}

// HeldBytes is what the rows take of the script's memory.
func (c *sqlCursor) HeldBytes() int64 { return int64(c.bytes) }

const valueBytes = 32

func (c *sqlCursor) add(r db.Row) error {
	for i := range r {
		c.bytes += valueBytes
		if s, ok := r[i].(string); ok {
			c.bytes += len(s)
		}
	}
	if c.bytes > c.limit {
		return errLargeAnswer
	}
	c.rows = append(c.rows, r)
	return nil
}

func (c *sqlCursor) close() bool {
	if c.closed {
		return false
	}
	c.closed, c.rows, c.bytes = true, nil, 0
	c.conn.cursors--
	return true
}

func (s *sqlLibrary) cursorMethods() map[string]glua.LGFunction {
	return map[string]glua.LGFunction{
		"fetch": s.fetch,
		"close": func(L *glua.LState) int {
			L.Push(glua.LBool(self[*sqlCursor](L).close()))
			return 1
		},
		"getcolnames": func(L *glua.LState) int { return pushList(L, openCursor(L).names) },
		"getcoltypes": func(L *glua.LState) int { return pushList(L, openCursor(L).types) },
		"numrows": func(L *glua.LState) int {
			L.Push(glua.LNumber(len(openCursor(L).rows)))
			return 1
		},
	}
}

func openCursor(L *glua.LState) *sqlCursor {
	c := self[*sqlCursor](L)
	if c.closed {
		L.ArgError(1, "LuaSQL: cursor is closed")
	}
	return c
}

func pushList(L *glua.LState, list []string) int {
	t := L.NewTable()
	for _, s := range list {
		t.Append(glua.LString(s))
	}
	L.Push(t)
	return 1
}

// fetch is cur:fetch([table [, mode]]): the values of the next row, or the table with them by number ("n"), by name ("a") or
// both; nil behind the last row, where the cursor closes itself.
func (s *sqlLibrary) fetch(L *glua.LState) int {
	c := openCursor(L)
	if c.at == len(c.rows) {
		c.close()
		L.Push(glua.LNil)
		return 1
	}
	row := c.rows[c.at]
	c.rows[c.at] = nil
	c.at++
	into, ok := L.Get(2).(*glua.LTable)
	if !ok {
		for i := range row {
			L.Push(s.value(row, i))
		}
		return len(row)
	}
	mode := L.OptString(3, "n")
	for i := range row {
		v := s.value(row, i)
		if strings.Contains(mode, "n") {
			into.RawSetInt(i+1, v)
		}
		if strings.Contains(mode, "a") {
			into.RawSetString(c.names[i], v)
		}
	}
	L.Push(into)
	return 1
}
