package cfg_rpc

import (
	"fmt"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// reader takes the new value from the third parameter.
type reader func(c *rpc.Call) (kemi.Value, error)

func intValue(c *rpc.Call) (kemi.Value, error) {
	n, err := c.Int(2)
	return kemi.Int64(n), err
}

func strValue(c *rpc.Call) (kemi.Value, error) {
	text, err := c.AsStr(2)
	return kemi.Str(text), err
}

// anyValue takes the kind that the client sent.
func anyValue(c *rpc.Call) (kemi.Value, error) {
	if rest := c.Rest(2); len(rest) > 0 {
		switch v := rest[0].(type) {
		case int64:
			return kemi.Int64(v), nil
		case float64:
			return kemi.Int64(int64(v)), nil
		}
	}
	return strValue(c)
}

// when is how a change takes effect.
type when func(r *kemi.Runtime, ref kemi.RuntimeRef, name string, x kemi.Value) error

var (
	now   when = (*kemi.Runtime).Set
	later when = (*kemi.Runtime).Delay
)

// changer makes a command that changes a variable: group, name, value.
func changer(read reader, change when) func(*state, *rpc.Call) error {
	return func(s *state, c *rpc.Call) error {
		group, err := c.Str(0)
		if err != nil {
			return err
		}
		name, err := c.Str(1)
		if err != nil {
			return err
		}
		x, err := read(c)
		if err != nil {
			return err
		}
		ref, err := groupRef(c, group)
		if err != nil {
			return err
		}
		if err := change(s.srv.Runtime, ref, name, x); err != nil {
			s.srv.Log.Error("cfg_rpc", err.Error())
			return c.Fault(400, "Failed to set the variable")
		}
		s.srv.Log.Info("cfg_rpc", fmt.Sprintf("%s: %s.%s = %s", c.Name(), group, name, x.Text()))
		return nil
	}
}

func (s *state) diff(c *rpc.Call) error {
	for _, p := range s.srv.Runtime.Pending() {
		out := c.AddStruct().Add("group name", p.Ref.Group)
		if p.Ref.Instance {
			out.Add("group id", p.Ref.ID)
		}
		out.Add("variable name", p.Name).Add("old value", rpcValue(p.Old)).Add("new value", rpcValue(p.New))
	}
	return nil
}

func (s *state) commit(c *rpc.Call) error {
	if err := s.srv.Runtime.Commit(); err != nil {
		s.srv.Log.Error("cfg_rpc", err.Error())
		return c.Fault(400, "Failed to commit the configuration changes")
	}
	return nil
}

func (s *state) rollback(*rpc.Call) error {
	s.srv.Runtime.Rollback()
	return nil
}

func (s *state) reset(c *rpc.Call) error {
	group, err := c.Str(0)
	if err != nil {
		return err
	}
	if err := s.srv.Runtime.Reset(group); err != nil {
		s.srv.Log.Error("cfg_rpc", err.Error())
		return c.Fault(500, "Reset failed")
	}
	return nil
}

func (s *state) addInstance(c *rpc.Call) error {
	ref, err := instanceRef(c)
	if err != nil {
		return err
	}
	if err := s.srv.Runtime.AddInstance(ref); err != nil {
		return c.Fault(400, "Failed to add the group instance")
	}
	return nil
}

func (s *state) dropInstance(c *rpc.Call) error {
	ref, err := instanceRef(c)
	if err != nil {
		return err
	}
	if err := s.srv.Runtime.DropInstance(ref); err != nil {
		return c.Fault(400, "Failed to delete the group instance")
	}
	return nil
}

func (s *state) unset(c *rpc.Call) error {
	ref, err := instanceRef(c)
	if err != nil {
		return err
	}
	name, err := c.Str(1)
	if err != nil {
		return err
	}
	if err := s.srv.Runtime.Unset(ref, name); err != nil {
		return c.Fault(400, "Failed to delete the variable")
	}
	return nil
}
