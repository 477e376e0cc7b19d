package pv

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// selectConfig reads the runtime configuration: cfg_get.group.name.
func selectConfig(_ step, rest []step) selector {
	if len(rest) != 2 {
		return nil
	}
	ref, name := kemi.RuntimeRef{Group: rest[0].name, ID: rest[0].index, Instance: rest[0].given}, rest[1].name
	return func(c *kemi.Ctx, _ *route.Message) string {
		x, err := c.Server.Runtime.Get(ref, name)
		if err != nil {
			return ""
		}
		return x.Text()
	}
}
