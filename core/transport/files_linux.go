package transport

import "golang.org/x/sys/unix"

// usualFiles is how many files a process without connections has open, by far.
const usualFiles = 512

// roomForFiles makes the system's table of open files large enough for n connections, or for as many as the process may have. The
// system would enlarge it by itself whenever it is full; but then an accept waits until all processors have let go of the old table,
// some 10 ms with a part of the server standing still.
func roomForFiles(n int) {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil {
		return
	}
	one, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return
	}
	defer unix.Close(one)
	highest := min(n+usualFiles, int(min(limit.Cur, 1<<30))-1)
	if last, err := unix.FcntlInt(uintptr(one), unix.F_DUPFD_CLOEXEC, highest); err == nil {
		unix.Close(last)
	}
}
