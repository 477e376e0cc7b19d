package transport

import "syscall"

// canShare tells that several sockets can have the same UDP address and share its peers.
const canShare = true

// soReusePort is SO_REUSEPORT of Linux's generic socket options, which package syscall lacks for
// some processors.
const soReusePort = 15

func setReusePort(fd uintptr) error {
	return syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, soReusePort, 1)
}

// The options that allow addresses that the machine does not have; package syscall lacks them.
const (
	ipFreeBind   = 15
	ipv6FreeBind = 78
)

func setFreeBind(fd uintptr, six bool) error {
	if six {
		return syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IPV6, ipv6FreeBind, 1)
	}
	return syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, ipFreeBind, 1)
}
