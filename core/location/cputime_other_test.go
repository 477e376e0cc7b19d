//go:build !linux

package location

import "time"

// threadTime is the time of day where the system does not tell a thread's own.
func threadTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
