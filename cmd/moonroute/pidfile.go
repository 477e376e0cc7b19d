package main

import (
	"os"
	"strconv"

	"github.com/moonroute/moonroute/core/privilege"
)

// writePID writes the file of -P, whose owner is the user if there is one.
func (f *flags) writePID(u *privilege.User) error {
	if f.pidFile == "" {
		return nil
	}
	if err := os.WriteFile(f.pidFile, []byte(processID()), 0o644); err != nil { //nolint:gosec // anybody may know
		return err
	}
	if u == nil {
		return nil
	}
	return os.Chown(f.pidFile, u.UID, u.GID)
}

// removePID removes the file, unless it is another process's by now or its folder is not ours.
func (f *flags) removePID() {
	if f.pidFile == "" {
		return
	}
	if text, err := os.ReadFile(f.pidFile); err == nil && string(text) == processID() {
		_ = os.Remove(f.pidFile)
	}
}

func processID() string { return strconv.Itoa(os.Getpid()) + "\n" }
