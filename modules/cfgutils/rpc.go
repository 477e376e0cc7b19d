package cfgutils

import (
	"fmt"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "cfgutils.set_gflag", Run: (*state).rpcSetFlags, Doc: "Set the bits of a number in the global flags."},
	{Name: "cfgutils.reset_gflag", Run: (*state).rpcResetFlags, Doc: "Clear the bits of a number in the global flags."},
	{Name: "cfgutils.is_gflag", Run: (*state).rpcHasFlags, Doc: "Tell whether all bits of a number are set in the global flags."},
	{Name: "cfgutils.get_gflags", Run: (*state).rpcFlags, Doc: "Show the global flags."},
	{Name: "cfgutils.rand_set_prob", Run: (*state).rpcSetChance, Doc: "Set the chance of rand_event in percent."},
	{Name: "cfgutils.rand_reset_prob", Run: (*state).rpcResetChance, Doc: "Set the chance of rand_event to its initial value."},
	{Name: "cfgutils.rand_get_prob", Run: (*state).rpcChance, Doc: "Show the chance of rand_event."},
	{Name: "cfgutils.get_config_hash", Run: (*state).rpcHash, Doc: "Show the MD5 that hash_file had at the start."},
	{Name: "cfgutils.check_config_hash", Run: (*state).rpcCheckHash, Doc: "Tell whether hash_file is as it was at the start."},
}

// number reads the one parameter of a command.
func number(c *rpc.Call) (uint32, error) {
	n, err := c.Int(0)
	if err != nil {
		return 0, c.Fault(500, "Invalid Parameters")
	}
	return uint32(n), nil
}

func (s *state) rpcSetFlags(c *rpc.Call) error {
	bits, err := number(c)
	s.flags.Or(bits)
	return err
}

func (s *state) rpcResetFlags(c *rpc.Call) error {
	bits, err := number(c)
	s.flags.And(^bits)
	return err
}

func (s *state) rpcHasFlags(c *rpc.Call) error {
	bits, err := number(c)
	if err != nil {
		return err
	}
	if s.flags.Load()&bits == bits {
		c.Add("TRUE")
	} else {
		c.Add("FALSE")
	}
	return nil
}

func (s *state) rpcFlags(c *rpc.Call) error {
	flags := s.flags.Load()
	c.Add(fmt.Sprintf("0x%X (%d)", flags, flags))
	return nil
}

func (s *state) rpcSetChance(c *rpc.Call) error {
	percent, err := number(c)
	if err != nil {
		return err
	}
	if percent > 100 {
		return c.Fault(500, "Invalid Percent")
	}
	s.probability.Store(int64(percent))
	return nil
}

func (s *state) rpcResetChance(*rpc.Call) error {
	s.probability.Store(int64(s.initialProbability))
	return nil
}

func (s *state) rpcChance(c *rpc.Call) error {
	c.Add(fmt.Sprintf("actual probability: %d percent", uint32(s.probability.Load())))
	return nil
}

func (s *state) rpcHash(c *rpc.Call) error {
	c.Add(s.hash)
	return nil
}

func (s *state) rpcCheckHash(c *rpc.Call) error {
	if s.hashFile == "" {
		return c.Fault(500, "No hash file")
	}
	now, err := fileHash(s.hashFile)
	switch {
	case err != nil:
		return c.Fault(500, "Failed to hash the file")
	case now == s.hash:
		c.Add("Identical hash")
	default:
		c.Add("Different hash")
	}
	return nil
}
