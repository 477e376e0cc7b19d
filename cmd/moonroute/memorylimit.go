package main

import (
	"github.com/KimMachineGun/automemlimit/memlimit"

	"github.com/moonroute/moonroute/core/log"
)

// limitMemory has the collector keep to nine tenths of what the control group of a container or unit allows, so that it works more before the
// system ends the process. GOMEMLIMIT has its usual effect in the place of that.
func limitMemory(logger *log.Logger) {
	if _, err := memlimit.Set(); err != nil {
		logger.Notice("<core>", "memory is not limited: the control group's bound cannot be read: "+err.Error())
	}
}
