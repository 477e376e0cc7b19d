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
