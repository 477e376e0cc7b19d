package kemi

import "time"

// ScriptLimits bound what one run of a route may take, and what a state may keep.
type ScriptLimits struct {
	Time   time.Duration // of running, waiting not counted; 0: no limit
	Memory int64         // bytes that a script state may hold; 0: no limit
	States int           // states a shard may have (one runs, the others wait)
	// Libraries are the standard libraries that scripts find, separated by blanks or commas; empty: all.
	Libraries string
}

// DefaultScriptLimits are generous for a route and small for a machine. The time stays below
// T1 of RFC 3261 (500 ms): neither the client of a route that hangs nor those whose requests
// wait behind it begin to retransmit.
func DefaultScriptLimits() ScriptLimits {
	return ScriptLimits{Time: 300 * time.Millisecond, Memory: 128 << 20, States: 257}
}

// ScriptLimiter is a module whose parameters change the limits (app_lua).
type ScriptLimiter interface{ LimitScript(*ScriptLimits) }
