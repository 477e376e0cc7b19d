package sqlops

import (
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var functions = kemi.Funcs[state]{
	{Name: "sql_query", Args: "connection str, query str, result str", Returns: kemi.Code, Call: (*state).query, Waits: true, Doc: "does a query and keeps what it finds under a name: 0, or -1 if it fails"},
	{Name: "sql_xquery", Args: "connection str, query str, result str", Returns: kemi.Code, Call: (*state).xquery, Waits: true, Doc: "does a query and puts each row into an XAVP, the first one on top, with a child for each column: 1, or -1 if it fails"},
	{Name: "sql_pvquery", Args: "connection str, query str, variables str", Returns: kemi.Code, Call: (*state).pvquery, Waits: true, Doc: "does a query and writes the columns of each row, the last row first, to variables: $var(a);$avp(b). 1, 2 without a row, -1 if it fails"},
	{Name: "sql_query_async", Args: "connection str, query str", Returns: kemi.Code, Call: (*state).async, Doc: "leaves a query to be done in the background, also where the database is away for a while: 1, or -1 if it cannot be kept"},
	{Name: "sql_num_rows", Args: "result str", Returns: kemi.Code, Call: (*state).numRows, Doc: "how many rows a result has"},
	{Name: "sql_num_columns", Args: "result str", Returns: kemi.Code, Call: (*state).numColumns, Doc: "how many columns a result has; 0 without a row"},
	{Name: "sql_is_null", Args: "result str, row int, column int", Returns: kemi.Code, Call: (*state).isNull, Doc: "1 if a value is NULL, 0 if not, -1 if there is none"},
	{Name: "sql_result_get", Args: "result str, row int, column int", Returns: kemi.AnyValue, Call: getOr(kemi.Null), Doc: "a value, or nil"},
	{Name: "sql_result_gete", Args: "result str, row int, column int", Returns: kemi.AnyValue, Call: getOr(kemi.Str("")), Doc: "a value, or an empty text"},
	{Name: "sql_result_getz", Args: "result str, row int, column int", Returns: kemi.AnyValue, Call: getOr(kemi.Int(0)), Doc: "a value, or 0"},
	{Name: "sql_result_free", Args: "result str", Returns: kemi.Code, Call: (*state).free, Doc: "forgets a result"},
}

const failed, done, noRows = -1, 1, 2

// ask does the query of a function's first two arguments; nil if it failed.
func (s *state) ask(c *kemi.Ctx, function string, a *kemi.Args) *result {
	con := s.connections[a.Str(0)]
	if con == nil {
		c.Misuse("sqlops."+function, fmt.Sprintf("there is no connection %q", a.Str(0)))
		return nil
	}
	text := a.Str(1)
	var r *result
	var err error
	c.Wait(func() { r, err = con.run(text) })
	kept := s.make(c)
	if err != nil {
		kept.touched[con.name] = failed
		s.report(c, text, err)
		return nil
	}
	kept.touched[con.name] = r.touched
	return r
}

// report logs a query that failed: its beginning, since the rest may be a whole message.
func (s *state) report(c *kemi.Ctx, text string, err error) {
	text = text[:min(len(text), max(s.logSize, 0))]
	c.Log(log.Err, "sqlops", fmt.Sprintf("%s: query %q: %v", c.Where(), text, err))
}

func (s *state) query(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	name := strings.Clone(a.Str(2))
	kept := s.make(c)
	if _, there := kept.byName[name]; !there && len(kept.byName) >= s.maxResults {
		c.Misuse("sqlops.sql_query", fmt.Sprintf("result %q is one too many (results_maxsize)", name))
		return kemi.Int(failed)
	}
	kept.byName[name] = nil // also if the query fails
	r := s.ask(c, "sql_query", a)
	if r == nil {
		return kemi.Int(failed)
	}
	kept.byName[name] = r
	return kemi.Int(0)
}

func (s *state) xquery(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	name := strings.Clone(a.Str(2))
	r := s.ask(c, "sql_xquery", a)
	if r == nil || c.Msg == nil {
		return kemi.Int(failed)
	}
	roots := &c.Msg.AVPs().XAVP
	for i := len(r.rows) - 1; i >= 0; i-- {
		list := new(route.XAVPs)
		for k, v := range r.rows[i] {
			list.Append(route.XAVP{Name: r.columns[k], Value: toRoute(v)})
		}
		roots.Push(route.XAVP{Name: name, Value: route.Value{List: list}})
	}
	return kemi.Int(done)
}

// null is the value of a child whose column is NULL.
type null struct{}

func toRoute(v kemi.Value) route.Value {
	switch v.Kind() {
	case kemi.KindInt:
		return route.NumValue(v.Int64())
	case kemi.KindStr:
		return route.TextValue(v.Text())
	}
	return route.Value{Data: null{}}
}

func (s *state) pvquery(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	targets, err := s.targets(a.Str(2))
	if err != nil {
		c.Misuse("sqlops.sql_pvquery", err.Error())
		return kemi.Int(failed)
	}
	r := s.ask(c, "sql_pvquery", a)
	switch {
	case r == nil:
		return kemi.Int(failed)
	case len(r.rows) == 0:
		return kemi.Int(noRows)
	case len(r.columns) > len(targets):
		c.Misuse("sqlops.sql_pvquery", fmt.Sprintf("the query gives %d columns for %d variables", len(r.columns), len(targets)))
		return kemi.Int(failed)
	}
	for i := len(r.rows) - 1; i >= 0; i-- {
		for k, v := range r.rows[i] {
			if v.IsNull() && targets[k].Name() == "avp" {
				continue
			}
			if !targets[k].Set(c, v) {
				return kemi.Int(failed)
			}
		}
	}
	return kemi.Int(done)
}

// targets reads "$var(a);$avp(b)"; commas may stand between too.
func (s *state) targets(text string) (list []*kemi.Variable, err error) {
	rest := strings.TrimSpace(text)
	for rest != "" {
		v, n, err := s.server.Registry.Prefix(rest)
		switch {
		case err != nil:
			return nil, err
		case !v.Writable():
			return nil, fmt.Errorf("%s cannot be written", v)
		}
		list = append(list, v)
		rest = strings.TrimLeft(rest[n:], " \t;,")
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%q names no variable", text)
	}
	return list, nil
}

func (s *state) async(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	con := s.connections[a.Str(0)]
	if con == nil {
		c.Misuse("sqlops.sql_query_async", fmt.Sprintf("there is no connection %q", a.Str(0)))
		return kemi.Int(failed)
	}
	text := strings.Clone(a.Str(1))
	if err := con.later(text); err != nil {
		s.report(c, text, err)
		return kemi.Int(failed)
	}
	return kemi.Int(done)
}

func (s *state) numRows(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return size(s.find(c, a.Str(0)), rowCount)
}

func (s *state) numColumns(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return size(s.find(c, a.Str(0)), columnCount)
}

func rowCount(r *result) int    { return len(r.rows) }
func columnCount(r *result) int { return len(r.columns) }

// size counts in a result; one that is not there has nothing.
func size(r *result, count func(*result) int) kemi.Value {
	if r == nil {
		return kemi.Int(0)
	}
	return kemi.Int(count(r))
}

func (s *state) isNull(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	v, there := s.find(c, a.Str(0)).at(a.Int(1), a.Int(2))
	switch {
	case !there:
		c.Misuse("sqlops.sql_is_null", fmt.Sprintf("result %q has no value in row %d, column %d", a.Str(0), a.Int(1), a.Int(2)))
		return kemi.Int(-1)
	case v.IsNull():
		return kemi.Int(1)
	}
	return kemi.Int(0)
}

// getOr makes a function that gives a value, or what stands for none.
func getOr(none kemi.Value) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if v, _ := s.find(c, a.Str(0)).at(a.Int(1), a.Int(2)); !v.IsNull() {
			return v
		}
		return none
	}
}

func (s *state) free(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if r := s.of(c); r != nil {
		delete(r.byName, a.Str(0))
	}
	return kemi.Int(done)
}
