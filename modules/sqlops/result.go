package sqlops

import (
	"strings"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/kemi"
)

// result is what a query found, as the script sees it.
type result struct {
	columns []string
	rows    [][]kemi.Value
	touched int64
}

func newResult(found db.Result) *result {
	r := &result{touched: int64(len(found.Rows))}
	if len(found.Rows) == 0 {
		return r // the script sees no columns then
	}
	r.columns = found.Columns
	kinds := make([]columnKind, len(found.Types))
	for i, name := range found.Types {
		kinds[i] = kindOf(name)
	}
	for _, row := range found.Rows {
		values := make([]kemi.Value, len(row))
		for i := range row {
			values[i] = value(row, i, kinds[i])
		}
		r.rows = append(r.rows, values)
	}
	return r
}

// columnKind is how the script sees a column.
type columnKind int

const (
	asStored columnKind = iota // a number or a text; floating-point numbers are not offered
	asNumber
	asText
	asTime // seconds since 1970
	asNull // scripts have no floating-point numbers
)

// kinds are found by the beginning of a type's name. What has more than 32 bits is a text.
var kinds = []struct {
	prefix string
	kind   columnKind
}{
	{"DATE", asTime}, {"TIMESTAMP", asTime},
	{"BIGINT", asText}, {"CHAR", asText}, {"VARCHAR", asText}, {"TEXT", asText}, {"BLOB", asText},
	{"INT", asNumber}, {"SMALLINT", asNumber}, {"TINYINT", asNumber}, {"MEDIUMINT", asNumber}, {"YEAR", asNumber},
	{"DOUBLE", asNull}, {"FLOAT", asNull}, {"REAL", asNull},
	{"DECIMAL(", asNumber}, {"NUMERIC(", asNumber}, // SQLite shows the declaration; in MySQL these are texts
}

func kindOf(name string) columnKind {
	name = strings.TrimPrefix(strings.ToUpper(name), "UNSIGNED ")
	for _, k := range kinds {
		if strings.HasPrefix(name, k.prefix) {
			return k.kind
		}
	}
	return asStored
}

func value(r db.Row, i int, kind columnKind) kemi.Value {
	if r.IsNull(i) {
		return kemi.Null
	}
	switch kind {
	case asNull:
		return kemi.Null
	case asNumber:
		return kemi.Int64(r.Int(i))
	case asText:
		return kemi.Str(r.Str(i))
	case asTime:
		if t := r.Time(i); !t.IsZero() {
			return kemi.Int64(t.Unix())
		}
		return kemi.Null
	}
	switch r[i].(type) {
	case int64:
		return kemi.Int64(r.Int(i))
	case float64:
		return kemi.Null
	}
	return kemi.Str(r.Str(i))
}

// at is a value; there is false outside of the result.
func (r *result) at(row, column int) (v kemi.Value, there bool) {
	if r == nil || row < 0 || row >= len(r.rows) || column < 0 || column >= len(r.columns) {
		return kemi.Null, false
	}
	return r.rows[row][column], true
}

// results are those of one message by name, and what the queries over each connection touched.
type results struct {
	byName  map[string]*result
	touched map[string]int64
}

// of finds the results of the message in hand, or of the shard in events without one; nil if there are none.
func (s *state) of(c *kemi.Ctx) *results {
	r, _ := c.Kept(s).(*results)
	return r
}

func (s *state) make(c *kemi.Ctx) *results {
	r := s.of(c)
	if r == nil {
		r = &results{map[string]*result{}, map[string]int64{}}
		c.Keep(s, r)
	}
	return r
}

// find is a result by name, or nil.
func (s *state) find(c *kemi.Ctx, name string) *result {
	if r := s.of(c); r != nil {
		return r.byName[name]
	}
	return nil
}
