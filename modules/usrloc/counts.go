package usrloc

import (
	"context"

	"github.com/moonroute/moonroute/core/location/locdb"
	"github.com/moonroute/moonroute/core/rpc"
)

// counting makes a command that counts something in a database table. missing is its fault
// where the database cannot tell.
func counting(count func(*locdb.Table, context.Context, int64) (int64, error), missing string) func(*state, *rpc.Call) error {
	return func(s *state, c *rpc.Call) error {
		if s.dbMode == memoryOnly {
			return c.Fault(500, "Command is not supported in db_mode=0")
		}
		name, err := c.AsStr(0)
		if err != nil {
			return c.Fault(500, "Not enough parameters (table to lookup)")
		}
		n, err := count(locdb.New(s.db, name, &s.rows), c.Context(), s.now())
		if err != nil {
			return c.Fault(500, "%s", missing)
		}
		c.Add(n)
		return nil
	}
}
