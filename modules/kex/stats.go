package kex

import (
	"fmt"
	"strconv"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/stat"
)

// each calls f for the statistics that the command's parameters name.
func (s *state) each(c *rpc.Call, empty string, f func(stat.Entry)) error {
	if c.Len() == 0 {
		return &rpc.Fault{Code: 400, Message: empty}
	}
	for i := range c.Len() {
		what, err := c.Str(i)
		if err != nil {
			return nil
		}
		for _, e := range s.srv.Stats.Select(what) {
			f(e)
		}
	}
	return nil
}

const (
	missing      = "Please provide which stats to retrieve"
	missingReset = "Please provide stats name"
)

func line(e stat.Entry) string { return fmt.Sprintf("%s = %d", e, e.Value()) }

func (s *state) lines(c *rpc.Call) error {
	return s.each(c, missing, func(e stat.Entry) { c.Add(line(e)) })
}

func text(n int64) rpc.Value   { return strconv.FormatInt(n, 10) }
func number(n int64) rpc.Value { return n }

// fetch makes a command that answers with a structure of values in one form.
func fetch(form func(int64) rpc.Value) func(*state, *rpc.Call) error {
	return func(s *state, c *rpc.Call) error {
		if c.Len() == 0 {
			return c.Fault(400, missing)
		}
		out := c.AddStruct()
		return s.each(c, missing, func(e stat.Entry) { out.Add(e.Group+"."+e.Name, form(e.Value())) })
	}
}

func (s *state) reset(c *rpc.Call) error {
	return s.each(c, missingReset, func(e stat.Entry) { e.Reset() })
}

func (s *state) clear(c *rpc.Call) error {
	return s.each(c, missingReset, func(e stat.Entry) {
		c.Add(line(e))
		e.Reset()
	})
}
