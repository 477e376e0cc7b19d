package luatest

import (
	"context"
	"slices"
	"sort"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// fromKemi is a value of the server as a Lua value.
func (c *call) fromKemi(v kemi.Value) glua.LValue {
	switch v.Kind() {
	case kemi.KindInt:
		return glua.LNumber(v.Int64())
	case kemi.KindStr:
		return glua.LString(v.Text())
	case kemi.KindBool:
		return glua.LBool(v.Truth())
	case kemi.KindTable:
		t := c.L.NewTable()
		for _, p := range v.Table().Pairs {
			if p.Key.IsNull() {
				t.Append(c.fromKemi(p.Value))
			} else {
				t.RawSet(c.fromKemi(p.Key), c.fromKemi(p.Value))
			}
		}
		return t
	}
	return glua.LNil
}

func toKemi(v glua.LValue) kemi.Value {
	switch v := v.(type) {
	case glua.LNumber:
		return kemi.Int64(int64(v))
	case glua.LString:
		return kemi.Str(string(v))
	case glua.LBool:
		return kemi.Bool(bool(v))
	}
	return kemi.Null
}

// fromRPC is a result of a command as a Lua value. Fields of one name that come again make a list.
func (c *call) fromRPC(v rpc.Value) glua.LValue {
	switch v := v.(type) {
	case int64:
		return glua.LNumber(v)
	case float64:
		return glua.LNumber(v)
	case string:
		return glua.LString(v)
	case *rpc.Struct:
		t := c.L.NewTable()
		v.All(func(name string, v rpc.Value) bool { t.RawSetString(name, c.fromRPC(v)); return true })
		return t
	case *rpc.List:
		t := c.L.NewTable()
		v.All(func(_ string, v rpc.Value) bool { t.Append(c.fromRPC(v)); return true })
		return t
	}
	return glua.LNil
}

func toRPC(v glua.LValue) any {
	switch v := v.(type) {
	case glua.LNumber:
		if float64(v) == float64(int64(v)) {
			return int64(v)
		}
		return float64(v)
	case glua.LBool:
		return bool(v)
	}
	return v.String()
}

// rpc runs a command of the server.
func (c *call) rpc(w *world, name string, params ...any) ([]glua.LValue, error) {
	var result *rpc.Result
	var err error
	w.tasks.run(func() {
		result, err = w.server.RPC.Run(context.Background(), name, params)
	})
	if fault := w.settle(); fault != nil {
		return nil, fault
	}
	if err != nil {
		return []glua.LValue{glua.LNil, glua.LString(err.Error())}, nil
	}
	if !result.Array {
		if len(result.Values) == 0 {
			return one(c.L.NewTable()), nil
		}
		return one(c.fromRPC(result.Values[len(result.Values)-1])), nil
	}
	t := c.L.NewTable()
	for _, v := range result.Values {
		t.Append(c.fromRPC(v))
	}
	return one(t), nil
}

func toSQL(v glua.LValue) any {
	switch v := v.(type) {
	case *glua.LNilType:
		return nil
	default:
		return toRPC(v)
	}
}

// query runs a statement when all that was written before has reached the database. Rows are nil for one that gives none.
func query(ctx context.Context, d *db.DB, text string, params []any) (rows *db.Result, changed int64, err error) {
	if err := d.Flush(ctx); err != nil {
		return nil, 0, err
	}
	word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch strings.ToUpper(word) {
	case "SELECT", "PRAGMA", "WITH":
		result, err := d.Read(ctx, text, params...)
		return &result, 0, err
	}
	changed, err = d.WriteCount(db.Exec(text, params...))
	return nil, changed, err
}

// rows is the result of a query: a list of tables by column.
func (c *call) rows(result *db.Result) glua.LValue {
	list := c.L.NewTable()
	for _, row := range result.Rows {
		t := c.L.NewTable()
		for i, name := range result.Columns {
			t.RawSetString(name, cell(row, i))
		}
		list.Append(t)
	}
	return list
}

func cell(row db.Row, i int) glua.LValue {
	switch v := row[i].(type) {
	case nil:
		return glua.LNil
	case int64:
		return glua.LNumber(v)
	case float64:
		return glua.LNumber(v)
	}
	return glua.LString(row.Str(i))
}

func (c *call) strings(list []string) glua.LValue {
	t := c.L.NewTable()
	for _, text := range list {
		t.Append(glua.LString(text))
	}
	return t
}

// show writes a value as Lua would, tables in lines with their keys in order. Above are the tables that it stands in: one
// that holds itself has no end.
func show(v glua.LValue, above ...*glua.LTable) string {
	switch v := v.(type) {
	case glua.LString:
		return strconv.Quote(string(v))
	case glua.LNumber:
		return numberText(v)
	case *glua.LTable:
		if slices.Contains(above, v) {
			return "{…}"
		}
		return showTable(v, append(slices.Clone(above), v))
	}
	return v.String()
}

// showTable writes the last of the tables that stand in each other.
func showTable(t *glua.LTable, inside []*glua.LTable) string {
	var named []string
	for i := 1; i <= t.Len(); i++ {
		named = append(named, show(t.RawGetInt(i), inside...))
	}
	var keys []string
	t.ForEach(func(k, v glua.LValue) {
		if n, isNumber := k.(glua.LNumber); isNumber && int(n) >= 1 && int(n) <= t.Len() {
			return
		}
		keys = append(keys, k.String()+" = "+show(v, inside...))
	})
	sort.Strings(keys)
	named = append(named, keys...)
	if len(named) == 0 {
		return "{}"
	}
	indent := strings.Repeat("  ", len(inside))
	return "{\n" + indent + strings.Join(named, ",\n"+indent) + "\n" + indent[2:] + "}"
}
