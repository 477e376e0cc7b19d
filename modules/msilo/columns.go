package msilo

import (
	"strings"

	"github.com/moonroute/moonroute/core/db"
)

// columns are the names of the silo table's columns.
type columns struct {
	id, from, to, user, host, body, contentType string
	expires, received, sendAt, headers, callID  string
	status                                      string
}

// message is one row of the silo.
type message struct {
	id                int64
	from, to          string // URIs of the sender and, as the sender wrote it, of the recipient
	body, contentType string
	headers           string // lines with CRLF
	callID            string // empty unless use_mode=1
	received, sendAt  int64  // seconds since 1970; sendAt is 0 for what waits for its owner
}

// read are the columns of a message in the order of scan.
func (c *columns) read() []string {
	return []string{c.id, c.from, c.to, c.body, c.contentType, c.headers, c.callID, c.received, c.sendAt}
}

func scan(r db.Row) message {
	return message{
		id: r.Int(0), from: r.Str(1), to: r.Str(2), body: r.Str(3), contentType: r.Str(4),
		headers: r.Str(5), callID: r.Str(6), received: r.Int(7), sendAt: r.Int(8),
	}
}

// write are the columns of a new row. Body and headers are bytes, not text: they are stored as they came.
func (c *columns) write(m *message, user, host string, expires int64) []db.Col {
	cols := make([]db.Col, 0, 11)
	cols = append(cols,
		db.Col{Name: c.from, Value: m.from}, db.Col{Name: c.to, Value: m.to}, db.Col{Name: c.user, Value: user},
		db.Col{Name: c.host, Value: host}, db.Col{Name: c.body, Value: []byte(m.body)}, db.Col{Name: c.contentType, Value: m.contentType},
		db.Col{Name: c.received, Value: m.received}, db.Col{Name: c.expires, Value: expires}, db.Col{Name: c.sendAt, Value: m.sendAt},
		db.Col{Name: c.headers, Value: []byte(m.headers)})
	if m.callID != "" {
		cols = append(cols, db.Col{Name: c.callID, Value: m.callID})
	}
	return cols
}

// statements are the texts in the database's own SQL.
type statements struct {
	insert, insertWithCallID string // at most max_messages for one owner
	remove, keep             string // by number; the numbers follow
}

func (q *statements) prepare(s *state) {
	c := &s.columns
	plain := c.write(new(message), "", "", 0)
	q.insert = s.limitedInsert(plain)
	q.insertWithCallID = s.limitedInsert(append(plain, db.Col{Name: c.callID}))
	table, which := s.db.Quote(s.table), " WHERE "+s.db.Quote(c.id)+" IN ("
	q.remove = "DELETE FROM " + table + which
	q.keep = "UPDATE " + table + " SET " + s.db.Quote(c.sendAt) + "=0" + which
}

// limitedInsert adds a row unless its owner has enough: counting and adding are one
// statement, so that two messages at the same time cannot both be the last one.
func (s *state) limitedInsert(cols []db.Col) string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = s.db.Quote(c.Name)
	}
	table := s.db.Quote(s.table)
	return "INSERT INTO " + table + " (" + strings.Join(names, ",") + ") SELECT " +
		strings.TrimSuffix(strings.Repeat("?,", len(cols)), ",") + " FROM (SELECT 1 AS one) AS one WHERE (SELECT COUNT(*) FROM " + table +
		" WHERE " + s.db.Quote(s.columns.user) + "=? AND " + s.db.Quote(s.columns.host) + "=?) < ?"
}

// limited is the write of such an insert.
func (s *state) limited(cols []db.Col, user, host string) db.Write {
	args := make([]any, 0, len(cols)+3)
	for _, c := range cols {
		args = append(args, c.Value)
	}
	text := s.sql.insert
	if cols[len(cols)-1].Name == s.columns.callID {
		text = s.sql.insertWithCallID
	}
	return db.Exec(text, append(args, user, host, s.maxMessages)...)
}
