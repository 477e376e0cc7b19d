//go:build !linux

package transport

import (
	"errors"
	"net"
)

// options are none: the parameters are those of Linux.
func (n RealNet) options(string, use) []socketOption { return nil }

func setInt(uintptr, int, int, int) error { return nil }

func bindToDevice(uintptr, string) error {
	return errors.New("transport: vrf: Linux has it, this system not")
}

func setReset(uintptr) error { return nil }

func setBacklog(net.Listener, int) error { return nil }
