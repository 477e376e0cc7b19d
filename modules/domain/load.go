package domain

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/route"
)

// What makes a row wrong. One wrong row refuses all.
var (
	errNull   = errors.New("a column is NULL")
	errEmpty  = errors.New("a column is empty")
	errType   = errors.New("the type is neither 0 (a number) nor 2 (a text)")
	errNumber = errors.New("the value is no number")
)

// The types of attributes.
const (
	numberType = 0
	textType   = 2
)

// read reads both tables. It blocks.
func (s *state) read(ctx context.Context) (*tables, error) {
	t := &tables{attributes: map[string][]attribute{}}
	err := s.each(ctx, s.attrTable, []string{s.did, s.name, s.kind, s.value}, t.addAttributeRow)
	if err == nil {
		err = s.each(ctx, s.domainTable, []string{s.domain, s.did}, t.addDomainRow)
	}
	t.finish()
	return t, err
}

func (s *state) each(ctx context.Context, table string, columns []string, add func(db.Row) error) error {
	n := 0
	return s.db.Each(ctx, db.Query{Table: table, Columns: columns}, func(row db.Row) error {
		n++
		if err := add(row); err != nil {
			return fmt.Errorf("table %s, row %d: %w", table, n, err)
		}
		return nil
	})
}

func (t *tables) addDomainRow(row db.Row) error {
	d := domain{row.Str(0), row.Str(1)}
	if row.IsNull(1) {
		d.did = d.name
	}
	switch {
	case row.IsNull(0):
		return errNull
	case d.name == "" || d.did == "":
		return errEmpty
	}
	t.domains = append(t.domains, d)
	return nil
}

func (t *tables) addAttributeRow(row db.Row) error {
	for i := range row {
		if row.IsNull(i) {
			return errNull
		}
	}
	did, a := row.Str(0), attribute{name: row.Str(1)}
	if did == "" || a.name == "" {
		return errEmpty
	}
	switch row.Int(2) {
	case numberType:
		n, err := parseNumber(row.Str(3))
		if err != nil {
			return fmt.Errorf("%q: %w", row.Str(3), err)
		}
		a.value = route.NumValue(n)
	case textType:
		a.value = route.TextValue(row.Str(3))
	default:
		return errType
	}
	t.addAttribute(did, a)
	return nil
}

// parseNumber reads a number of 32 bits; no digits are 0.
func parseNumber(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, errNumber
	}
	return n, nil
}
