package luatest

import (
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var logClass = class{methods: map[string]native{
	"contains": logContains, "lines": logLines, "expect": logExpect,
}}

// records are the log's lines with a text: all of them without one.
func records(c *call) ([]string, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	if err := w.settle(); err != nil {
		return nil, err
	}
	return w.logs.having(c.L.OptString(2, "")), nil
}

func logContains(c *call) ([]glua.LValue, error) {
	list, err := records(c)
	return one(glua.LBool(len(list) > 0)), err
}

func logLines(c *call) ([]glua.LValue, error) {
	list, err := records(c)
	return one(c.strings(list)), err
}

// logExpect is t.log:expect(text): some record contains it.
func logExpect(c *call) ([]glua.LValue, error) {
	list, err := records(c)
	if err != nil || len(list) > 0 {
		return nil, err
	}
	all := c.s.world.logs.all()
	return nil, &failure{
		text:   "the log has no " + show(glua.LString(c.L.CheckString(2))),
		detail: "the log (t.server{debug = 3} shows more):\n" + strings.Join(all[max(0, len(all)-20):], "\n"),
	}
}

// htable is a hash table of the module htable.
type htable struct {
	w    *world
	name string
}

var htableClass = class{methods: map[string]native{
	"get": htableGet, "set": htableSet, "all": htableAll,
}}

func findHTable(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	h := &htable{w, c.L.CheckString(1)}
	if _, err := w.server.Registry.Var("$sht(" + h.name + "=>x)"); err != nil {
		return nil, failf("there is no hash table %s: %v", h.name, err)
	}
	return one(c.s.object("htable", h)), nil
}

func (h *htable) variable(key string) string { return "$sht(" + h.name + "=>" + key + ")" }

func htableGet(c *call) ([]glua.LValue, error) {
	h := self[*htable](c)
	r, err := h.w.event()
	if err != nil {
		return nil, err
	}
	return c.pv(h.w, r, h.variable(c.L.CheckString(2)))
}

// htableSet is table:set(key, value); nil takes the key out.
func htableSet(c *call) ([]glua.LValue, error) {
	h := self[*htable](c)
	v, err := h.w.server.Registry.Var(h.variable(c.L.CheckString(2)))
	if err != nil {
		return nil, err
	}
	r, err := h.w.event()
	if err != nil {
		return nil, err
	}
	value := toKemi(c.L.Get(3))
	h.w.tasks.run(func() {
		h.w.server.OnShard(0, func(sh *kemi.Shard) {
			v.Set(&kemi.Ctx{Msg: r.message, Server: h.w.server, Shard: sh}, value)
		})
	})
	return nil, h.w.settle()
}

// htableAll is table:all(): every key with its value.
func htableAll(c *call) ([]glua.LValue, error) {
	h := self[*htable](c)
	rows, err := c.rpc(h.w, "htable.dump", h.name)
	if err != nil {
		return nil, err
	}
	if len(rows) > 1 {
		return nil, failf("htable.dump %s: %s", h.name, rows[1].String())
	}
	all := c.L.NewTable()
	collect(rows[0], all)
	return one(all), nil
}

// collect finds the entries in what htable.dump gives, at any depth.
func collect(v glua.LValue, into *glua.LTable) {
	t, ok := v.(*glua.LTable)
	if !ok {
		return
	}
	if name := t.RawGetString("name"); name != glua.LNil {
		into.RawSet(name, t.RawGetString("value"))
		return
	}
	t.ForEach(func(_, v glua.LValue) { collect(v, into) })
}

// findLocation is t.location(uri or peer, [table]): the contacts under which somebody is reachable now.
func findLocation(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	var uri string
	if err := c.target(&uri)(c.L.CheckAny(1)); err != nil {
		return nil, err
	}
	name := c.L.OptString(2, "location")
	table := w.server.Location.Table(name)
	if table == nil {
		return nil, failf("there is no location table %q", name)
	}
	u, err := sip.ParseURI(uri)
	if err != nil {
		return nil, failf("%q is no SIP URI", uri)
	}
	if err := w.settle(); err != nil {
		return nil, err
	}
	now := w.clock.Now().Unix()
	list := c.L.NewTable()
	for _, contact := range slices.Backward(table.Lookup(w.server.Location.Rules.AOR(&u))) {
		if !contact.Valid(now) {
			continue
		}
		t := c.L.NewTable()
		t.RawSetString("uri", glua.LString(contact.URI))
		t.RawSetString("received", glua.LString(contact.Received))
		t.RawSetString("path", glua.LString(contact.Path))
		t.RawSetString("user_agent", glua.LString(contact.UserAgent))
		t.RawSetString("call_id", glua.LString(contact.CallID))
		if contact.Expires > 0 {
			t.RawSetString("expires", glua.LNumber(contact.Expires-now))
		}
		list.Append(t)
	}
	return one(list), nil
}
