package auth_db

import (
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// loaded is a column that is put into a variable.
type loaded struct {
	column   string
	variable *kemi.Variable
}

// parseLoad reads load_credentials: columns with semicolons between them, each with or without "variable=" before it.
func parseLoad(r *kemi.Registry, text string) (list []loaded, err error) {
	for item := range strings.SplitSeq(text, ";") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		column, name := item, "$avp("+item+")"
		if at := strings.LastIndexByte(item, '='); at >= 0 {
			column, name = strings.TrimSpace(item[at+1:]), strings.TrimSpace(item[:at])
		}
		v, err := r.Var(name)
		switch {
		case err != nil:
			return nil, fmt.Errorf("load_credentials: %w", err)
		case !v.Writable() || column == "":
			return nil, fmt.Errorf("load_credentials: %q: want a variable that can be set and a column, for example $avp(rpid)=rpid", item)
		}
		list = append(list, loaded{column, v})
	}
	return list, nil
}

// columns appends the columns to load.
func (s *state) columns(list []string) []string {
	for _, x := range s.load {
		list = append(list, x.column)
	}
	return list
}

// fill puts the columns of a row, which begin at from, into their variables.
func (s *state) fill(c *kemi.Ctx, row db.Row, from int) bool {
	for i, x := range s.load {
		if !x.variable.Set(c, value(row, from+i)) {
			c.Log(log.Err, "auth_db", "cannot set "+x.variable.String())
			return false
		}
	}
	return true
}

func value(row db.Row, i int) kemi.Value {
	switch v := row[i].(type) {
	case nil:
		return kemi.Null
	case int64:
		return kemi.Int64(v)
	}
	return kemi.Str(row.Str(i))
}
