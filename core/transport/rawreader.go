//go:build unix

package transport

import (
	"io"
	"net"
	"os"
	"syscall"
)

// rawReader reads a connection's socket by readOnce, and waits in the poller of the Go runtime while
// nothing is there. The callback is made once, so that a read allocates nothing; the fields are its
// arguments and results. One goroutine at a time reads.
type rawReader struct {
	rc   syscall.RawConn
	call func(fd uintptr) bool // r.try, made once
	buf  []byte
	n    int
	err  error
}

// rawReads gives the reading side of a connection. One that is no plain socket is read as it is.
func rawReads(nc net.Conn) io.Reader {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return nc
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return nc
	}
	r := &rawReader{rc: rc}
	r.call = r.try
	return r
}

func (r *rawReader) try(fd uintptr) bool {
	r.n, r.err = readOnce(fd, r.buf)
	return r.err != syscall.EAGAIN
}

// Read implements io.Reader. It keeps to the read deadline of the connection.
func (r *rawReader) Read(b []byte) (int, error) {
	r.buf = b
	err := r.rc.Read(r.call)
	r.buf = nil
	switch {
	case err != nil:
		return 0, err
	case r.err != nil:
		return 0, os.NewSyscallError("read", r.err)
	case r.n == 0 && len(b) > 0:
		return 0, io.EOF
	}
	return r.n, nil
}
