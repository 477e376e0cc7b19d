// Package cfg_rpc lets operators read and change the runtime configuration.
package cfg_rpc

import (
	"github.com/moonroute/moonroute/kemi"
)

// Module is the cfg_rpc module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "cfg_rpc",
	Doc:  "RPC commands that read and change the runtime configuration: core, tm, modules, and the variables that the configuration file defines.",
	New:  func() *state { return new(state) },
	RPC: kemi.Commands[state]{
		{Name: "cfg.list", Run: (*state).list, Array: true, Doc: "lists the variables, of one group if it is given"},
		{Name: "cfg.get", Run: (*state).get, Doc: "value of a variable (group, name), or all values of a group"},
		{Name: "cfg.help", Run: (*state).help, Doc: "describes a variable (group, name)"},
		{Name: "cfg.set", Run: changer(anyValue, now), Doc: "changes a variable at once (group, name, value)"},
		{Name: "cfg.seti", Run: changer(intValue, now), Doc: "changes a variable at once to a number"},
		{Name: "cfg.sets", Run: changer(strValue, now), Doc: "changes a variable at once to a text"},
		{Name: "cfg.set_now_int", Run: changer(intValue, now), Doc: "changes a variable at once to a number"},
		{Name: "cfg.set_now_string", Run: changer(strValue, now), Doc: "changes a variable at once to a text"},
		{Name: "cfg.set_delayed", Run: changer(anyValue, later), Doc: "changes a variable at the next cfg.commit (group, name, value)"},
		{Name: "cfg.set_delayed_int", Run: changer(intValue, later), Doc: "changes a variable at the next cfg.commit to a number"},
		{Name: "cfg.set_delayed_string", Run: changer(strValue, later), Doc: "changes a variable at the next cfg.commit to a text"},
		{Name: "cfg.diff", Run: (*state).diff, Doc: "the changes that wait for cfg.commit"},
		{Name: "cfg.commit", Run: (*state).commit, Doc: "makes the changes that wait"},
		{Name: "cfg.rollback", Run: (*state).rollback, Doc: "forgets the changes that wait"},
		{Name: "cfg.reset", Run: (*state).reset, Doc: "gives the variables of a group the values that they started with"},
		{Name: "cfg.add_group_inst", Run: (*state).addInstance, Doc: "makes an instance of a group, written group[id]"},
		{Name: "cfg.del_group_inst", Run: (*state).dropInstance, Doc: "removes an instance of a group"},
		{Name: "cfg.del", Run: (*state).unset, Doc: "a variable of group[id] follows the group again (group[id], name)"},
		{Name: "cfg.del_delayed", Run: (*state).unset, Doc: "the same as cfg.del; it takes effect at once"},
	},
})

type state struct {
	srv *kemi.Server
}

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) error { s.srv = srv; return nil }
