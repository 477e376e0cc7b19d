//go:build !linux

package transport

import "net"

// options are none: the parameters are those of Linux.
func (n RealNet) options(string, use) []socketOption { return nil }

func setInt(uintptr, int, int, int) error { return nil }

func setReset(uintptr) error { return nil }

func setBacklog(net.Listener, int) error { return nil }
