//go:build linux && (amd64 || arm64)

package db

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"unsafe"
)

// dialer makes connections to a database server. Plain says that they are not encrypted. What is read and written on the connection goes by system calls that the Go
// scheduler is not told of: the socket never blocks, and being told, the scheduler wakes its monitor
// thread for each call of an otherwise idle process. That thread cost half of the wake-ups of a single write.
func dialer(plain bool) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		c, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return wrap(c, plain), nil
	}
}

func wrap(c net.Conn, plain bool) net.Conn {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return c
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return c
	}
	r := &rawConn{Conn: c, raw: raw}
	r.out.plain = plain
	r.in.call, r.out.call = r.in.read, r.out.write
	return r
}

// rawConn is a connection that one goroutine reads and one writes.
type rawConn struct {
	net.Conn
	raw     syscall.RawConn
	in, out transfer
}

// transfer is one read or write; it lives here so that neither allocates anything.
type transfer struct {
	buf  []byte
	n    int
	err  syscall.Errno
	call func(fd uintptr) (done bool) // made once

	plain bool
}

// Read implements net.Conn. The deadlines of the connection count.
func (r *rawConn) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	r.in.buf, r.in.n, r.in.err = b, 0, 0
	err := r.raw.Read(r.in.call)
	if err = r.in.end(err); err == nil && r.in.n == 0 {
		return 0, io.EOF
	}
	return r.in.n, err
}

// errClosed says that the server has closed the connection, so nothing is written.
var errClosed = errors.New("the server has closed the connection")

// Write implements net.Conn. A connection that the server has closed meanwhile is noticed before the
// first byte: the driver then knows that the statement was not done.
func (r *rawConn) Write(b []byte) (int, error) {
	r.out.buf, r.out.n, r.out.err = b, 0, 0
	err := r.raw.Write(r.out.call)
	return r.out.n, r.out.end(err)
}

// end lets go of the buffer and gives the error.
func (t *transfer) end(err error) error {
	t.buf = nil
	switch {
	case err != nil:
		return err
	case t.err == syscall.ECONNRESET && t.n == 0:
		return errClosed
	case t.err != 0:
		return t.err
	}
	return nil
}

// read reads what is there; the poller waits where that is nothing.
func (t *transfer) read(fd uintptr) (done bool) {
	n, err := again(syscall.SYS_READ, fd, t.buf, 0)
	t.n, t.err = n, err
	return err != syscall.EAGAIN
}

// write writes all of the buffer.
func (t *transfer) write(fd uintptr) (done bool) {
	if t.n == 0 && t.hungUp(fd) {
		t.err = syscall.ECONNRESET
		return true
	}
	for t.n < len(t.buf) {
		n, err := again(syscall.SYS_SENDTO, fd, t.buf[t.n:], syscall.MSG_NOSIGNAL)
		if err != 0 {
			t.err = err
			return err != syscall.EAGAIN
		}
		t.n += n
	}
	t.err = 0
	return true
}

// hungUp tells whether the other side has ended the connection. A server says why before it does so, and says
// nothing else unasked; where the connection is encrypted, what is there may be about that.
func (t *transfer) hungUp(fd uintptr) bool {
	var one [1]byte
	n, err := again(syscall.SYS_RECVFROM, fd, one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	return err == 0 && (n == 0 || t.plain) || err != 0 && err != syscall.EAGAIN
}

// again makes a call on a buffer, once more where a signal has cut it off.
func again(call, fd uintptr, b []byte, flags uintptr) (int, syscall.Errno) {
	for {
		n, _, err := syscall.RawSyscall6(call, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), flags, 0, 0)
		switch err {
		case syscall.EINTR:
		case 0:
			return int(n), 0
		default:
			return 0, err
		}
	}
}
