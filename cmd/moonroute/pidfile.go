package main

import (
	"os"
	"strconv"
	"syscall"

	"github.com/moonroute/moonroute/core/privilege"
)

// writePID writes the file of -P, whose owner is the user if there is one. It is written once the sockets are
// ours: a second server, which cannot have them, leaves the file of the first alone. A link is not followed: root writes
// into a folder that may be the user's.
func (f *flags) writePID(u *privilege.User) error {
	if f.pidFile == "" || f.pidWritten {
		return nil
	}
	file, err := os.OpenFile(f.pidFile, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_NOFOLLOW, 0o644) //nolint:gosec // anybody may know
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.WriteString(processID()); err != nil {
		return err
	}
	f.pidWritten = true
	if u == nil {
		return nil
	}
	return file.Chown(u.UID, u.GID)
}

// removePID removes the file, unless it is another process's or its folder is not ours.
func (f *flags) removePID() {
	if !f.pidWritten {
		return
	}
	if text, err := os.ReadFile(f.pidFile); err == nil && string(text) == processID() {
		_ = os.Remove(f.pidFile)
	}
}

func processID() string { return strconv.Itoa(os.Getpid()) + "\n" }
