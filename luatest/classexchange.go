package luatest

import (
	"cmp"
	"slices"

	glua "github.com/yuin/gopher-lua"
)

var exchangeClass = class{
	methods: map[string]native{
		"expect": exchangeExpect, "expect_nothing": exchangeExpectNothing, "cancel": exchangeCancel, "ack": exchangeACK,
		"bye": exchangeBye, "ask": exchangeAsk, "flags": exchangeFlags, "flag": exchangeFlag, "pv": variable("", ""), "routes": exchangeRoutes,
		"avp": variable("$avp(", ")"), "xavp": variable("$xavp(", ")"),
	},
	field: func(c *call, self any, name string) glua.LValue {
		e := self.(*exchange)
		switch name {
		case "request":
			return c.s.object("message", e.request)
		case "replies":
			t := c.L.NewTable()
			for _, m := range e.replies {
				t.Append(c.s.object("message", m))
			}
			return t
		case "repeats":
			return glua.LNumber(e.repeats)
		}
		return nil
	},
}

// exchangeExpect is call:expect([code], [checks]).
func exchangeExpect(c *call) ([]glua.LValue, error) {
	e := self[*exchange](c)
	k, err := c.checks(3)
	if err != nil {
		return nil, err
	}
	m, err := e.expectReply(c.code(2), k)
	if err != nil {
		return nil, err
	}
	return one(c.s.object("message", m)), nil
}

func exchangeExpectNothing(c *call) ([]glua.LValue, error) {
	e := self[*exchange](c)
	if err := e.peer.w.settle(); err != nil {
		return nil, err
	}
	rest := slices.DeleteFunc(slices.Clone(e.replies[min(e.taken, len(e.replies)):]), func(m *message) bool { return m.Status == 100 })
	if len(rest) > 0 {
		return nil, &failure{text: e.peer.name + " got " + rest[0].title() + ", and should have got nothing", detail: e.peer.w.ladder()}
	}
	return nil, nil
}

func exchangeCancel(c *call) ([]glua.LValue, error) {
	e := self[*exchange](c)
	x, err := e.cancel()
	if err != nil {
		return nil, err
	}
	return one(c.s.object("exchange", x)), e.peer.w.settle()
}

func exchangeACK(c *call) ([]glua.LValue, error) {
	e := self[*exchange](c)
	o, err := c.options(2)
	if err != nil {
		return nil, err
	}
	if _, err := e.ack(o); err != nil {
		return nil, err
	}
	return nil, e.peer.w.settle()
}

func exchangeBye(c *call) ([]glua.LValue, error) {
	g, err := self[*exchange](c).dialog()
	return c.inDialog(g, err, "BYE", 2)
}

// exchangeAsk is call:ask(method, [options]): a further request in the dialog.
func exchangeAsk(c *call) ([]glua.LValue, error) {
	g, err := self[*exchange](c).dialog()
	return c.inDialog(g, err, c.L.CheckString(2), 3)
}

func (c *call) inDialog(g *dialog, err error, method string, n int) ([]glua.LValue, error) {
	if err != nil {
		return nil, err
	}
	o, err := c.options(n)
	if err != nil {
		return nil, err
	}
	if method == "INVITE" {
		o.offer(g.peer)
	}
	e, err := g.ask(method, o)
	if err != nil {
		return nil, err
	}
	return one(c.s.object("exchange", e)), g.peer.w.settle()
}

// after is the run of the script for the request that a test wants to look at: the last one of
// a function, or the last of all.
func (e *exchange) after(function string) (*routeRun, error) {
	if err := e.peer.w.settle(); err != nil {
		return nil, err
	}
	runs := e.peer.w.runsFor(e.request.Raw)
	for _, r := range slices.Backward(runs) {
		if function == "" || r.name == function {
			return r, nil
		}
	}
	return nil, failf("the script has not run %s for the %s of %s", cmp.Or(function, "anything"), e.method, e.peer.name)
}

// exchangeRoutes is call:routes(): the functions of the script that ran for the request, in order.
func exchangeRoutes(c *call) ([]glua.LValue, error) {
	e := self[*exchange](c)
	if _, err := e.after(""); err != nil {
		return nil, err
	}
	var list []string
	for _, r := range e.peer.w.runsFor(e.request.Raw) {
		list = append(list, r.name)
	}
	return one(c.strings(list)), nil
}

// variable is a method that reads a variable as it is at the end of a route: call:pv(name, [function]).
func variable(before, after string) native {
	return func(c *call) ([]glua.LValue, error) {
		e := self[*exchange](c)
		r, err := e.after(c.L.OptString(3, ""))
		if err != nil {
			return nil, err
		}
		return c.pv(e.peer.w, r, before+c.L.CheckString(2)+after)
	}
}

// exchangeFlags is call:flags([function]): the numbers of the message flags that are set.
func exchangeFlags(c *call) ([]glua.LValue, error) {
	r, err := self[*exchange](c).after(c.L.OptString(2, ""))
	if err != nil {
		return nil, err
	}
	t := c.L.NewTable()
	for i := range 32 {
		if r.message.Flags&(1<<i) != 0 {
			t.Append(glua.LNumber(i))
		}
	}
	return one(t), nil
}

// exchangeFlag is call:flag(number, [function]).
func exchangeFlag(c *call) ([]glua.LValue, error) {
	r, err := self[*exchange](c).after(c.L.OptString(3, ""))
	if err != nil {
		return nil, err
	}
	return one(glua.LBool(r.message.Flags&(1<<uint(c.L.CheckInt(2)&31)) != 0)), nil
}
