package auth_xkeys

import "github.com/moonroute/moonroute/core/rpc"

// list answers the groups; a caller may see the names of keys, never what they are.
func (s *state) list(c *rpc.Call) error {
	groups := s.all()
	if len(groups) == 0 {
		return c.Fault(500, "No keys")
	}
	out := c.AddStruct()
	for _, g := range groups {
		keys := out.Add("KID", g.id).List("KEYS")
		for _, k := range g.keys {
			entry := new(rpc.Struct).Add("NAME", k.name).Add("EXPIRES", k.expires)
			keys.AddNamed("KEY", entry)
		}
	}
	return nil
}

// set gives the newest key of a group another expiry. For a new group it makes the first key.
func (s *state) set(c *rpc.Call) error {
	var args [3]string
	for i := range args {
		text, err := c.Str(i)
		if err != nil || text == "" {
			return c.Fault(500, "Invalid Parameters")
		}
		args[i] = text
	}
	seconds, err := c.Int(3)
	if err != nil {
		return c.Fault(500, "Invalid Parameters")
	}
	if at := s.unixNow() + seconds; !s.expire(args[0], at) {
		s.put(args[0], key{args[1], args[2], at})
	}
	return nil
}
