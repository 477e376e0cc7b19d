package transport

import (
	"io"
	"net"
	"os"
	"syscall"
)

// rawReader reads a connection's socket by readOnce. While nothing is there it waits in the poller of the Go runtime, or says so, if the
// connection is one of a crew. The callbacks are made once, so that a read allocates nothing; the fields are their
// arguments and results. One goroutine at a time reads.
type rawReader struct {
	rc   syscall.RawConn
	wait func(fd uintptr) bool // r.try, made once
	once func(fd uintptr)      // the same, made once
	buf  []byte
	n    int
	err  error

	crewed bool // a read that finds nothing gives errNothing
	empty  bool // nothing is there until somebody says so
	ending bool // the peer's end is to be read
}

// newRawReader gives the reading side of a connection; nil if that is no plain socket.
func newRawReader(nc net.Conn) *rawReader {
	sc, ok := nc.(syscall.Conn)
	if !ok || !readsRaw {
		return nil
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return nil
	}
	r := &rawReader{rc: rc}
	r.wait = r.try
	r.once = func(fd uintptr) { r.try(fd) }
	return r
}

func (r *rawReader) try(fd uintptr) bool {
	r.n, r.err = readOnce(fd, r.buf)
	return r.err != syscall.EAGAIN
}

// look has the reader of a crew look at the socket again; ending says that the peer has sent all it will.
func (r *rawReader) look(ending bool) { r.empty, r.ending = false, ending }

// Read implements io.Reader. If it waits, it keeps to the read deadline of the connection.
func (r *rawReader) Read(b []byte) (int, error) {
	if r.empty {
		return 0, errNothing
	}
	err := r.read(b)
	switch {
	case err != nil:
		return 0, err
	case r.crewed && r.err == syscall.EAGAIN:
		r.empty = true
		return 0, errNothing
	case r.err != nil:
		return 0, os.NewSyscallError("read", r.err)
	case r.n == 0 && len(b) > 0:
		return 0, io.EOF
	}
	r.empty = r.crewed && r.n < len(b) && !r.ending // epoll(7) takes a short read for the last one
	return r.n, nil
}

func (r *rawReader) read(b []byte) (err error) {
	r.buf = b
	if r.crewed {
		err = r.rc.Control(r.once)
	} else {
		err = r.rc.Read(r.wait)
	}
	r.buf = nil
	return err
}
