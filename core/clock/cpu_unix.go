//go:build unix

package clock

import (
	"syscall"
	"time"
)

// CPU is the processor time that the whole process has used so far, in user code and in the kernel. While the machine
// does other work it stands still, unlike the time of day.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
