//go:build !unix

package clock

import "time"

var started = time.Now()

// CPU is the time since the process started, where the system does not tell what it used of a processor.
func CPU() time.Duration { return time.Since(started) }
