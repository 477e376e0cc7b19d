package userblocklist

import (
	"maps"
	"slices"
	"strconv"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "userblocklist.reload_blocklist", Run: (*state).rpcReload, Doc: "Reads the lists for everybody anew."},
	{Name: "userblocklist.dump_blocklist", Run: (*state).rpcDump, Doc: "Shows the list for everybody."},
	{Name: "userblocklist.check_blocklist", Run: everybody("blocklisted", blocked), Doc: "Tells whether PREFIX is blocked for everybody."},
	{Name: "userblocklist.check_allowlist", Run: everybody("allowlisted", allowed), Doc: "Tells whether PREFIX is allowed for everybody."},
	{Name: "userblocklist.check_userblocklist", Run: ofUser("blocklisted", blocked), Doc: "Tells whether PREFIX is blocked for USER, perhaps of a DOMAIN."},
	{Name: "userblocklist.check_userallowlist", Run: ofUser("allowlisted", allowed), Doc: "Tells whether PREFIX is allowed for USER, perhaps of a DOMAIN."},
}

func (s *state) rpcReload(c *rpc.Call) error {
	s.mu.RLock()
	tables := slices.Collect(maps.Keys(s.global))
	s.mu.RUnlock()
	for _, table := range tables {
		if err := s.load(table); err != nil {
			s.server.Log.Write(log.Err, "userblocklist", err.Error())
			return c.Fault(500, "Reload failed")
		}
	}
	c.Add("200 ok")
	return nil
}

func (s *state) rpcDump(c *rpc.Call) error {
	l := s.loaded(s.globalTable)
	for _, prefix := range slices.Sorted(maps.Keys(l)) {
		allowlist := "0"
		if l[prefix] {
			allowlist = "1"
		}
		c.AddStruct().Add("prefix", prefix).Add("allowlist", allowlist)
	}
	return nil
}

// everybody makes a command that asks the list for everybody.
func everybody(name string, want verdict) func(*state, *rpc.Call) error {
	return func(s *state, c *rpc.Call) error {
		prefix, err := c.AsStr(0)
		if err != nil {
			return c.Fault(500, `Check failed: 1 argument needed ("prefix")`)
		}
		found := s.loaded(s.globalTable).find(s.number(prefix)) == want
		c.AddStruct().Add("prefix", prefix).Add(name, strconv.FormatBool(found))
		return nil
	}
}

// ofUser makes a command that asks the list of a user.
func ofUser(name string, want verdict) func(*state, *rpc.Call) error {
	return func(s *state, c *rpc.Call) error {
		prefix, err := c.AsStr(0)
		user, err2 := c.AsStr(1)
		if err != nil || err2 != nil {
			return c.Fault(500, `Check failed: 2 or 3 arguments needed ("prefix" "user" "domain"(optional))`)
		}
		domain := c.StrOpt(2, "")
		l, err := s.source.user(user, domain, s.userTable)
		if err != nil {
			s.server.Log.Write(log.Err, "userblocklist", err.Error())
			return c.Fault(500, "Check failed")
		}
		found := l.find(s.number(prefix)) == want
		c.AddStruct().Add("prefix", prefix).Add("user", user).Add("domain", domain).Add(name, strconv.FormatBool(found))
		return nil
	}
}
