package transport

import (
	"net"
	"syscall"
)

// rawWriter writes to a socket without waiting. The callback is made once, so that a write
// allocates nothing; the fields are its arguments and results, under the outbox's lock.
type rawWriter struct {
	rc   syscall.RawConn // nil for a connection that is no plain socket: all bytes are queued
	call func(fd uintptr) bool
	data []byte
	n    int
	err  error
}

func (w *rawWriter) init(nc net.Conn) {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return
	}
	w.rc = rc
	w.call = func(fd uintptr) bool {
		w.n, w.err = writeOnce(fd, w.data)
		return true // done, also if the socket is full: never wait
	}
}

func (w *rawWriter) write(data []byte) (int, error) {
	if w.rc == nil {
		return 0, nil
	}
	w.data, w.n, w.err = data, 0, nil
	err := w.rc.Write(w.call)
	w.data = nil
	if err == nil {
		err = w.err
	}
	return w.n, err
}
