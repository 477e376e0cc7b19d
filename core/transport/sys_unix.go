//go:build unix && !linux

package transport

import "syscall"

// readsRaw: sockets can be read without package net.
const readsRaw = true

// readOnce reads what has arrived, without waiting: syscall.EAGAIN says that there is nothing.
func readOnce(fd uintptr, b []byte) (int, error) {
	for {
		n, err := syscall.Read(int(fd), b)
		if err != syscall.EINTR {
			return max(n, 0), err
		}
	}
}

// writeOnce writes what the socket takes without waiting. A full socket is no error.
func writeOnce(fd uintptr, data []byte) (int, error) {
	for {
		n, err := syscall.Write(int(fd), data)
		switch err {
		case nil:
			return n, nil
		case syscall.EINTR:
		case syscall.EAGAIN:
			return 0, nil
		default:
			return 0, err
		}
	}
}
