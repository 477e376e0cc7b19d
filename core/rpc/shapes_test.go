package rpc

import (
	"context"
	"errors"
	"testing"
)

// shapes is a registry whose commands answer in each shape that real commands have, under
// the names of the commands the shapes were taken from.
func shapes(t testing.TB) *Registry {
	t.Helper()
	r := NewRegistry()
	for _, c := range []Command{
		{Name: "core.version", Run: func(c *Call) error { c.Add("kamailio 5.6.3 (x86_64/linux) "); return nil }},
		{Name: "core.uptime", Run: runUptime},
		{Name: "cfg.diff", Run: func(*Call) error { return nil }},
		{Name: "core.tcp_list", Array: true, Run: func(*Call) error { return nil }},
		{Name: "dns.mem_info", Run: func(c *Call) error { c.Add(0, 512000); return nil }},
		{Name: "mod.stats", Array: true, Run: runModStats},
		{Name: "htable.dump", Array: true, Run: runHTableDump},
		{Name: "htable.seti", Run: runSetInt},
		{Name: "cnt.get", Run: runParamError},
		{Name: "core.sockets_list", Run: runSockets},
		{Name: "ul.dump", Run: runULDump},
		{Name: "test.numbers", Array: true, Run: runNumbers},
		{Name: "test.panic", Run: func(*Call) error { panic("boom") }},
		{Name: "test.error", Run: func(*Call) error { return errors.New("disk is full") }},
		{Name: "test.wait", Run: func(c *Call) error { <-c.Context().Done(); return c.Context().Err() }},
		{Name: "test.big", Run: runBig},
	} {
		if err := r.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func runUptime(c *Call) error {
	c.AddStruct().Add("now", "Sun Nov 22 13:49:14 2026").Add("up_since", "Sun Nov 22 13:49:12 2026").Add("uptime", 2)
	return nil
}

func runModStats(c *Call) error {
	c.Add("Module: sl")
	c.AddStruct().Add("sl_startup(90)", 8).Add("Total", 8)
	c.Add("")
	return nil
}

func runHTableDump(c *Call) error {
	name, err := c.Str(0)
	if err != nil {
		return c.Fault(500, "No htable name given")
	}
	if name != "a" {
		return c.Fault(500, "No such htable")
	}
	entry := c.AddStruct().Add("entry", 6).Add("size", 1)
	entry.List("slot").Struct("").Add("name", "k").Add("value", "v").Add("type", "str")
	return nil
}

func runSetInt(c *Call) error {
	n, err := c.AsInt(0)
	if err != nil {
		return c.Fault(500, "Not enough parameters")
	}
	c.Add(n)
	return nil
}

func runParamError(c *Call) error {
	if _, err := c.Str(0); err != nil {
		return err
	}
	n, err := c.Int(1)
	if err != nil {
		return err
	}
	c.Add(n)
	return nil
}

func runSockets(c *Call) error {
	l := c.AddList()
	for _, proto := range []string{"udp", "tcp"} {
		l.Struct("socket").Add("proto", proto).Add("port", "5060")
	}
	return nil
}

func runULDump(c *Call) error {
	domain := c.AddStruct().List("Domains").Struct("Domain").Add("Domain", "location").Add("Size", 1024)
	aors := domain.List("AoRs")
	if c.StrOpt(0, "") == "brief" {
		aors.AddNamed("AoR", "bob").AddNamed("AoR", "alice")
	} else {
		info := aors.Struct("Info").Add("AoR", "bob")
		info.List("Contacts").Struct("Contact").Add("Address", "sip:bob@127.0.0.1:5062").
			Add("Q", 0.5).Add("Methods", uint32(4294967295)).Add("Tcpconn-Id", -1)
	}
	domain.Struct("Stats").Add("Records", 2).Add("Max-Slots", 1)
	return nil
}

func runNumbers(c *Call) error {
	c.Add(0, 127, 128, 65536, int64(2147483647), -3, 2.5, -0.5, 1.0, "1")
	return nil
}

func runBig(c *Call) error {
	size, err := c.Int(0)
	if err != nil {
		return err
	}
	c.Add(string(make([]byte, size)))
	return nil
}

func TestRegistryRefuses(t *testing.T) {
	r := NewRegistry()
	ok := func(*Call) error { return nil }
	for _, c := range []Command{{Name: "core.echo", Run: ok}, {Name: "", Run: ok}, {Name: "x.y"}} {
		if err := r.Add(c); err == nil {
			t.Errorf("Add(%q) has no error", c.Name)
		}
	}
}

func TestRunFaults(t *testing.T) {
	r := shapes(t)
	for name, want := range map[string]string{
		"test.panic": "rpc: 500 internal error in test.panic: boom",
		"test.error": "rpc: 500 disk is full",
		"nosuch":     "rpc: method not found",
	} {
		if _, err := r.Run(context.Background(), name, nil); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Run(ctx, "test.wait", nil); err == nil {
		t.Error("test.wait does not end with its context")
	}
}
