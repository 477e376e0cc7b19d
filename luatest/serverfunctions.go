package luatest

import (
	"context"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/kemi"
)

// runRPC is t.rpc(command, …): the result, or nil, the reason and the code.
func runRPC(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	name := c.L.CheckString(1)
	var params []any
	for i := 2; i <= c.L.GetTop(); i++ {
		params = append(params, toRPC(c.L.Get(i)))
	}
	return c.rpc(w, name, params...)
}

// serverPV is t.pv: a variable that needs no message.
func serverPV(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	r, err := w.event()
	if err != nil {
		return nil, err
	}
	return c.pv(w, r, c.L.CheckString(1))
}

func (c *call) pv(w *world, r *routeRun, text string) ([]glua.LValue, error) {
	v, err := w.pv(r, text)
	if err != nil {
		return nil, err
	}
	if err := w.settle(); err != nil {
		return nil, err
	}
	return one(c.fromKemi(v)), nil
}

// raiseEvent is t.event(function, name): it calls a function of the script as a module does for an event.
func raiseEvent(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	function, event := c.L.CheckString(1), c.L.OptString(2, "")
	if !w.server.Engine.Has(function) {
		return nil, failf("the script has no function %s", function)
	}
	r, err := w.event()
	if err != nil {
		return nil, err
	}
	w.tasks.run(func() {
		w.server.OnShard(0, func(sh *kemi.Shard) { w.server.Raise(sh, function, event, r.message) })
	})
	return nil, w.settle()
}

func reload(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	return c.rpc(w, "app_lua.reload")
}

// runSQL is t.sql(statement, …): the rows of a query, or how many rows were changed.
func runSQL(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	list := w.server.Databases()
	if len(list) == 0 {
		return nil, failf("no module of the configuration has opened a database")
	}
	ctx, cancel := context.WithDeadline(context.Background(), w.until)
	defer cancel()
	var params []any
	for i := 2; i <= c.L.GetTop(); i++ {
		params = append(params, toSQL(c.L.Get(i)))
	}
	rows, changed, err := query(ctx, list[0], c.L.CheckString(1), params)
	if err != nil {
		return nil, err
	}
	if rows == nil {
		return one(glua.LNumber(changed)), w.settle()
	}
	return one(c.rows(rows)), w.settle()
}

// scriptErrors is t.errors: the mistakes in the routing script so far, which then do not fail the case.
func scriptErrors(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	list := w.logs.scriptErrors()
	fresh := list[min(c.s.told, len(list)):]
	c.s.told, c.s.toldOf = len(list), w.failed
	return one(c.strings(fresh)), nil
}

func showLadder(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	return one(glua.LString(w.ladder())), nil
}
