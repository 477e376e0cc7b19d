package luatest

import (
	"cmp"
	"net/netip"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/flow"
)

// functions are those of the library itself.
var functions = map[string]native{
	"server": setServer, "case": addCase, "before": addBefore, "after": addAfter, "skip": skip,
	"peer": newPeer, "advance": advance, "elapsed": elapsed, "time": unixTime,
	"dns": setNames, "http": setHTTP, "http_requests": webRequests, "sql": runSQL, "rpc": runRPC, "pv": serverPV, "event": raiseEvent, "reload": reload,
	"htable": findHTable, "location": findLocation, "errors": scriptErrors, "ladder": showLadder,
	"equal": equal, "ok": ok, "match": match, "fail": fail,
}

func addCase(c *call) ([]glua.LValue, error) {
	if c.s.L.Context() != nil {
		return nil, failf("a case stands at the top level of the file, not in another one")
	}
	x := &testCase{name: c.L.CheckString(1), fn: c.L.CheckFunction(2)}
	if d, ok := c.L.GetStack(1); ok {
		if _, err := c.L.GetInfo("l", d, glua.LNil); err == nil {
			x.line = d.CurrentLine
		}
	}
	c.s.all = append(c.s.all, x)
	return nil, nil
}

func addBefore(c *call) ([]glua.LValue, error) {
	c.s.before = append(c.s.before, c.L.CheckFunction(1))
	return nil, nil
}

func addAfter(c *call) ([]glua.LValue, error) {
	c.s.after = append(c.s.after, c.L.CheckFunction(1))
	return nil, nil
}

// skipped ends a case that cannot be run here.
type skipped struct{ reason string }

// Error implements error.
func (x *skipped) Error() string { return "left out: " + x.reason }

func skip(c *call) ([]glua.LValue, error) {
	ud := c.L.NewUserData()
	ud.Value = &skipped{c.L.OptString(1, "")}
	c.L.Error(ud, 0)
	return nil, nil
}

// newPeer is t.peer(name), t.peer(address) and t.peer{name=, address=, user=, domain=, password=}.
func newPeer(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	var name, address, user, domain, password string
	if t, isTable := c.L.Get(1).(*glua.LTable); isTable {
		err = reader{"name": text(&name), "address": text(&address), "user": text(&user), "domain": text(&domain), "password": text(&password)}.read(t)
	} else if first := c.L.CheckString(1); strings.ContainsAny(first, ".:") {
		address = first
	} else {
		name, address = first, c.L.OptString(2, "")
	}
	if err != nil {
		return nil, err
	}
	p, at, err := w.place(address)
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = "peer" + string(rune('a'+len(w.peers)%26))
	}
	x, err := w.newPeer(name, p, at)
	if err != nil {
		return nil, err
	}
	x.user, x.domain, x.password = cmp.Or(user, x.user), cmp.Or(domain, x.domain), password
	return one(c.s.object("peer", x)), nil
}

// place is the address of a new peer; without a host ("tcp", "") it is the next one.
func (w *world) place(address string) (p flow.Proto, at netip.AddrPort, err error) {
	if proto, known := flow.ParseProto(address); known || address == "" {
		if !known {
			proto = flow.UDP
		}
		return proto, w.freeAddress(), nil
	}
	return endpoint(address)
}

func advance(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	d, err := duration(c.L.CheckAny(1))
	if err != nil {
		return nil, err
	}
	return nil, w.advance(d)
}

func elapsed(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	return one(glua.LNumber(w.elapsed().Seconds())), nil
}

func unixTime(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	return one(glua.LNumber(w.clock.Now().Unix())), nil
}
