package privilege

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// Rights that stay, as bits (capabilities(7)).
const (
	serving  = 1 << unix.CAP_NET_BIND_SERVICE
	starting = serving | 1<<unix.CAP_DAC_READ_SEARCH | 1<<unix.CAP_CHOWN
)

// Become makes every thread of this process the user's, who must not be root. Until Settle it may still read files that only root may,
// keys of certificates say, and give its own files away, control sockets say; after that it may open ports below 1024 and
// nothing else that any user could not. A binary that uses cgo keeps none of these rights.
//
// Programs that it starts cannot gain rights either: setuid bits have no effect for them (no_new_privs).
func (u User) Become() error {
	steps := []struct {
		what string
		do   func() error
	}{
		{"keep capabilities", func() error { return prctl(unix.PR_SET_KEEPCAPS, 1) }},
		{"bound capabilities", bound},
		{"set groups", func() error { return syscall.Setgroups(u.Groups) }},
		{"set group", func() error { return syscall.Setresgid(u.GID, u.GID, u.GID) }},
		{"set user", func() error { return syscall.Setresuid(u.UID, u.UID, u.UID) }},
		{"set capabilities", func() error { return keep(starting) }},
		{"forbid new rights", func() error { return prctl(unix.PR_SET_NO_NEW_PRIVS, 1) }},
		{"keep /proc readable", readable},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			return fmt.Errorf("privilege: become %s: %s: %w", u.Name, s.what, err)
		}
	}
	return nil
}

// Settle ends what Become allows for the start.
func Settle() error {
	if err := keep(serving); err != nil {
		return fmt.Errorf("privilege: set capabilities: %w", err)
	}
	return nil
}

// prctl runs in every thread. Where cgo is in use that cannot be done: the rights then go with the user.
func prctl(option, arg uintptr) error {
	_, _, errno := syscall.AllThreadsSyscall6(unix.SYS_PRCTL, option, arg, 0, 0, 0, 0)
	return orCgo(errno)
}

func orCgo(errno syscall.Errno) error {
	if errno == 0 || errno == syscall.ENOTSUP {
		return nil
	}
	return errno
}

// bound takes away, for this process and all that it starts, the rights that a program could bring (capabilities(7), bounding
// set). In a container root may lack the right to do so, and then what it could bring is bounded by the container.
func bound() error {
	for right := range uintptr(unix.CAP_LAST_CAP + 1) {
		if starting&(1<<right) != 0 {
			continue
		}
		switch err := prctl(unix.PR_CAPBSET_DROP, right); err {
		case nil:
		case syscall.EINVAL, syscall.EPERM: // unknown to this kernel
			return nil
		default:
			return err
		}
	}
	return nil
}

// readable lets the process read its own files in /proc, which changing the user forbids.
func readable() error { return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) }
