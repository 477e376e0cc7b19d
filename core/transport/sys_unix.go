//go:build unix

package transport

import "syscall"

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
