package core

import "slices"

// statistics are those of what the core owns, in the incumbent's groups. Those of the core itself are in the module kex.
var statistics = slices.Concat(slStatistics, tcpStatistics, dnsStatistics, memoryStatistics)
