package sqlops

import (
	"errors"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// field is the inner name of $dbr, ready for use.
type field struct {
	result string
	read   func(s *state, c *kemi.Ctx, r *result) kemi.Value
}

var errField = errors.New("want RESULT=>rows, =>cols, =>colname[N] or =>[ROW,COLUMN]")

func parseField(_ *state, r *kemi.Registry, inner string) (any, error) {
	name, key, ok := strings.Cut(inner, "=>")
	if !ok {
		return nil, errField
	}
	f := &field{result: strings.TrimSpace(name)}
	key = strings.TrimSpace(key)
	switch {
	case key == "rows":
		f.read = func(_ *state, _ *kemi.Ctx, r *result) kemi.Value { return size(r, rowCount) }
		return f, nil
	case key == "cols":
		f.read = func(_ *state, _ *kemi.Ctx, r *result) kemi.Value { return size(r, columnCount) }
		return f, nil
	}
	key, named := strings.CutPrefix(key, "colname")
	list, open := strings.CutPrefix(key, "[")
	list, closed := strings.CutSuffix(list, "]")
	if !open || !closed {
		return nil, errField
	}
	return f, f.parsePlace(r, list, named)
}

// parsePlace reads the numbers in the brackets, each a variable or a constant.
func (f *field) parsePlace(r *kemi.Registry, list string, named bool) error {
	row, column, two := strings.Cut(list, ",")
	first, err := r.Format(strings.TrimSpace(row))
	if err != nil || two == named {
		return errors.Join(errField, err)
	}
	if named {
		f.read = func(_ *state, c *kemi.Ctx, r *result) kemi.Value {
			if n := number(first, c); r != nil && n >= 0 && n < len(r.columns) {
				return kemi.Str(r.columns[n])
			}
			return kemi.Null
		}
		return nil
	}
	second, err := r.Format(strings.TrimSpace(column))
	if err != nil {
		return errors.Join(errField, err)
	}
	f.read = func(_ *state, c *kemi.Ctx, r *result) kemi.Value {
		v, _ := r.at(number(first, c), number(second, c))
		return v
	}
	return nil
}

// number is what a text with variables is as a number; -1 if it is none.
func number(f *kemi.Format, c *kemi.Ctx) int {
	n, err := strconv.Atoi(f.Text(c))
	if err != nil {
		return -1
	}
	return n
}

func getField(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	f := a.Data.(*field)
	return f.read(s, c, s.find(c, f.result))
}

func getRows(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if r := s.of(c); r != nil {
		if n, asked := r.touched[a.Inner]; asked {
			return kemi.Int64(n)
		}
	}
	return kemi.Null
}
