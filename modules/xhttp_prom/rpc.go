package xhttp_prom

import (
	"fmt"
	"strconv"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

var commands = rpcCommands()

// rpcCommands are the actions as commands, and the list of all metrics.
func rpcCommands() kemi.Commands[state] {
	list := kemi.Commands[state]{{Name: "xhttp_prom.metric_list_print", Run: (*state).rpcPrint, Doc: "Print all metrics."}}
	for _, a := range actions {
		list = append(list, kemi.Command[state]{Name: "xhttp_prom." + a.name, Run: a.run, Doc: "NAME" + map[bool]string{true: " NUMBER"}[a.number != ""] + " [LABEL...]: " + a.doc + "."})
	}
	return list
}

func (a action) run(s *state, c *rpc.Call) error {
	name, err := c.AsStr(0)
	if err != nil {
		return c.Fault(400, "required %s identifier", a.kind)
	}
	at, n := 1, 0.0
	if a.number != "" {
		text, err := c.AsStr(1)
		if err == nil {
			n, err = strconv.ParseFloat(text, 64)
		}
		if err != nil {
			return c.Fault(400, "required number argument")
		}
		at = 2
	}
	var labels []string
	for i := range c.Rest(at) {
		labels = append(labels, c.StrOpt(at+i, fmt.Sprint(c.Rest(at)[i])))
	}
	if err := s.perform(a, name, n, labels); err != nil {
		return c.Fault(400, "%s %s: %v", a.name, name, err)
	}
	return nil
}

func (s *state) rpcPrint(c *rpc.Call) error {
	c.Add(string(s.appendFamilies(nil)))
	return nil
}
