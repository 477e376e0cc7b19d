package counters

import (
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/stat"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "cnt.get", Run: (*state).rpcGet, Doc: "Shows the counter GROUP NAME; all of the group without a name."},
	{Name: "cnt.get_raw", Run: (*state).rpcGet, Doc: "Shows the counter GROUP NAME as it is stored."},
	{Name: "cnt.get_vars", Run: (*state).rpcGroup, Doc: "Shows all counters of GROUP."},
	{Name: "cnt.grp_get_all", Run: (*state).rpcGroup, Doc: "Shows all counters of GROUP."},
	{Name: "cnt.reset", Run: (*state).rpcReset, Doc: "Sets the counter GROUP NAME to 0."},
	{Name: "cnt.list_groups", Run: (*state).rpcGroups, Array: true, Doc: "Lists the groups."},
	{Name: "cnt.grps_list", Run: (*state).rpcGroups, Array: true, Doc: "Lists the groups."},
	{Name: "cnt.list_vars", Run: (*state).rpcNames, Array: true, Doc: "Lists the names of the counters of GROUP."},
	{Name: "cnt.var_list", Run: (*state).rpcNames, Array: true, Doc: "Lists the names of the counters of GROUP."},
	{Name: "cnt.help", Run: (*state).rpcHelp, Doc: "Describes the counter GROUP NAME."},
}

// target is the counter that the first two parameters name.
func (s *state) target(c *rpc.Call) (stat.Entry, error) {
	group, err := c.Str(0)
	if err != nil {
		return stat.Entry{}, err
	}
	name, err := c.Str(1)
	if err != nil {
		return stat.Entry{}, err
	}
	e, ok := s.server.Stats.Get(group, name)
	if !ok {
		return e, c.Fault(400, "non-existent counter %s.%s\n", group, name)
	}
	return e, nil
}

func (s *state) rpcGet(c *rpc.Call) error {
	if c.Len() == 1 {
		return s.rpcGroup(c)
	}
	e, err := s.target(c)
	if err != nil {
		return err
	}
	c.Add(e.Value())
	return nil
}

func (s *state) rpcReset(c *rpc.Call) error {
	e, err := s.target(c)
	if err != nil {
		return err
	}
	e.Reset()
	return nil
}

func (s *state) rpcGroup(c *rpc.Call) error {
	group, err := c.Str(0)
	if err != nil {
		return err
	}
	out := c.AddStruct()
	for _, e := range s.server.Stats.Group(group) {
		out.Add(e.Name, e.Value())
	}
	return nil
}

func (s *state) rpcGroups(c *rpc.Call) error {
	for _, group := range s.server.Stats.Groups() {
		c.Add(group)
	}
	return nil
}

func (s *state) rpcNames(c *rpc.Call) error {
	group, err := c.Str(0)
	if err != nil {
		return err
	}
	for _, e := range s.server.Stats.Group(group) {
		c.Add(e.Name)
	}
	return nil
}

func (s *state) rpcHelp(c *rpc.Call) error {
	e, err := s.target(c)
	if err != nil {
		return err
	}
	c.Add(s.describe(e))
	return nil
}

// describe is the declaration's text, or what the module that has the statistic says of it.
func (s *state) describe(e stat.Entry) string {
	if help := s.help[id{e.Group, e.Name}]; help != "" {
		return help
	}
	for _, m := range s.server.Registry.Modules() {
		for _, row := range m.Info.Stats {
			if row.Group == e.Group && row.Name == e.Name {
				return row.Doc
			}
		}
	}
	return "statistic without a description"
}
