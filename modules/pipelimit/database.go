package pipelimit

import (
	"context"
	"fmt"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/limit"
	"github.com/moonroute/moonroute/kemi"
)

const tableVersion = 1

// source names the table of pipes that are there from the start.
type source struct{ url, table, name, bound, algorithm string }

// loadPipes reads the table of pipes, if db_url names a database.
func (s *state) loadPipes(server *kemi.Server) error {
	from := &s.source
	if from.url == "" {
		return nil
	}
	d, err := server.DB(from.url)
	if err != nil {
		return err
	}
	if err := d.CheckVersion(context.Background(), from.table, tableVersion); err != nil {
		return err
	}
	rows, err := d.Select(context.Background(), db.Query{Table: from.table, Columns: []string{from.name, from.algorithm, from.bound}})
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := s.addPipe(row.Str(0), row.Str(1), int(row.Int(2))); err != nil {
			return fmt.Errorf("table %s: %w", from.table, err)
		}
	}
	return nil
}

func (s *state) addPipe(name, algorithm string, bound int) error {
	a, known := limit.ParseAlgorithm(algorithm)
	if !known {
		return fmt.Errorf("pipe %q: there is no algorithm %q; want TAILDROP, RED, FEEDBACK, NETWORK or NOP", name, algorithm)
	}
	if s.table.make(name, a, bound) == nil {
		return fmt.Errorf("pipe %q: there are %d already", name, maxPipes)
	}
	return nil
}
