package userblocklist

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/kemi"
)

// source is where the tables are. Its functions block.
type source interface {
	// everybody reads the list of a table for everybody.
	everybody(table string) (list, error)
	// user reads the list of one user; the domain counts with use_domain only.
	user(user, domain, table string) (list, error)
}

// openSource finds the tables: text files or a database.
func (s *state) openSource(server *kemi.Server) (source, error) {
	if directory, ok := strings.CutPrefix(s.url, "text:"); ok {
		if directory = strings.TrimPrefix(directory, "//"); directory == "" {
			return nil, errURL
		}
		f := &files{state: s}
		f.open(directory)
		return f, nil
	}
	d, err := server.DB(s.url)
	if err != nil {
		return nil, err
	}
	for _, table := range []string{s.userTable, s.globalTable} {
		if err := d.CheckVersion(context.Background(), table, tableVersion); err != nil {
			return nil, err
		}
	}
	return &database{s, d}, nil
}

// tableVersion is the form of both tables that this module knows.
const tableVersion = 1

// loadTime bounds the reading of a list for everybody.
const loadTime = time.Minute

// database has the tables in a database.
type database struct {
	*state
	d *db.DB
}

func (b *database) everybody(table string) (list, error) {
	ctx, cancel := context.WithTimeout(context.Background(), loadTime)
	defer cancel()
	l := list{}
	err := b.d.Each(ctx, db.Query{Table: table, Columns: []string{b.globalCols.prefix, b.globalCols.allow}}, l.row)
	return l, tableError(table, err)
}

func (b *database) user(user, domain, table string) (list, error) {
	where := []db.Cond{db.Eq(b.userCols.user, user)}
	if b.useDomain != 0 {
		where = append(where, db.Eq(b.userCols.domain, domain))
	}
	rows, err := b.d.Select(context.Background(), db.Query{Table: table, Columns: []string{b.userCols.prefix, b.userCols.allow}, Where: where})
	l := make(list, len(rows))
	for _, r := range rows {
		_ = l.row(r) // it takes every row
	}
	return l, tableError(table, err)
}

// row takes a prefix. One that is NULL does not count, an empty one is a prefix of every number.
func (l list) row(r db.Row) error {
	if !r.IsNull(0) {
		l[r.Str(0)] = r.Int(1) != 0
	}
	return nil
}

func tableError(table string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("table %s: %w", table, err)
}
