package transport

import (
	"syscall"
	"unsafe"
)

// readsRaw: sockets can be read without package net.
const readsRaw = true

// readOnce reads what has arrived, without waiting: syscall.EAGAIN says that there is nothing.
func readOnce(fd uintptr, b []byte) (int, error) {
	n, err := rawCall(syscall.SYS_READ, fd, b)
	if err != 0 {
		return 0, err
	}
	return n, nil
}

// writeOnce writes what the socket takes without waiting. A full socket is no error.
func writeOnce(fd uintptr, data []byte) (int, error) {
	n, err := rawCall(syscall.SYS_WRITE, fd, data)
	switch err {
	case 0:
		return n, nil
	case syscall.EAGAIN:
		return 0, nil
	}
	return 0, err
}

// rawCall is a system call that the Go scheduler is not told of, for the reason that rawUDP gives: the sockets never block.
func rawCall(call, fd uintptr, b []byte) (int, syscall.Errno) {
	for {
		n, _, err := syscall.RawSyscall(call, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
		if err != syscall.EINTR {
			return int(n), err
		}
	}
}
