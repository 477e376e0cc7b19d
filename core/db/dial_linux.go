//go:build linux && (amd64 || arm64)

package db

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"time"
	"unsafe"
)

// dialer makes connections to a database server. Plain says that they are not encrypted. What is read and written on the
// connection goes by system calls that the Go scheduler is not told of: they are short, and being told, the scheduler wakes
// its monitor thread for each call of an otherwise idle process. That thread cost half of the wake-ups of a single write.
func dialer(plain bool) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		c, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		c = wrap(c, plain)
		if into, ok := ctx.Value(dialedKey{}).(*slowTeller); ok {
			*into, _ = c.(slowTeller)
		}
		return c, nil
	}
}

func wrap(c net.Conn, plain bool) net.Conn {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return c
	}
	raw, err := sc.SyscallConn()
	if err != nil || raw.Control(blocking) != nil {
		return c
	}
	r := &rawConn{Conn: c, raw: raw}
	r.out.plain = plain
	r.in.call, r.out.call = r.in.read, r.out.write
	r.in.tell, r.out.tell = c.SetReadDeadline, c.SetWriteDeadline
	return r
}

// soonest is how long the thread itself waits for an answer whose caller holds others up and which came soon the last time.
// Being woken by the poller would cost more than the statement, with the threads that the scheduler wakes beside it. The
// kernel counts this time in its ticks, rounded up to the second one: at 250 Hz it is 4 to 8 ms.
const soonest = 5 * time.Millisecond

// blocking has a socket wait in a read that does not ask for the contrary, for a short time: one call where waiting for the
// answer and reading it are two.
func blocking(fd uintptr) {
	limit := syscall.NsecToTimeval(soonest.Nanoseconds())
	if syscall.SetsockoptTimeval(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &limit) == nil {
		_ = syscall.SetNonblock(int(fd), false) // without it such a read finds nothing, and the poller waits
	}
}

// rawConn is a connection that one goroutine reads and one writes.
type rawConn struct {
	net.Conn
	raw     syscall.RawConn
	in, out transfer
}

// onSlow implements slowTeller.
func (r *rawConn) onSlow(f func()) { r.in.slow = f }

// SetDeadline implements net.Conn.
func (r *rawConn) SetDeadline(t time.Time) error {
	r.in.by, r.out.by = t, t
	return nil
}

// SetReadDeadline implements net.Conn.
func (r *rawConn) SetReadDeadline(t time.Time) error {
	r.in.by = t
	return nil
}

// SetWriteDeadline implements net.Conn.
func (r *rawConn) SetWriteDeadline(t time.Time) error {
	r.out.by = t
	return nil
}

// transfer is one read or write; it lives here so that neither allocates anything.
type transfer struct {
	buf  []byte
	n    int
	err  syscall.Errno
	call func(fd uintptr) (done bool) // made once

	plain bool

	by   time.Time             // the deadline
	told bool                  // the poller knows it: it is told only where it has to wait
	tell func(time.Time) error // it

	slow func() // called before the poller waits; nil: nobody asks
}

// begin readies a transfer.
func (t *transfer) begin(b []byte) {
	t.buf, t.n, t.err = b, 0, 0
	if t.told {
		t.told = false
		_ = t.tell(time.Time{}) // a closed connection says so in the transfer
	}
}

// later leaves the transfer to the poller.
func (t *transfer) later() (done bool) {
	if !t.told && !t.by.IsZero() {
		t.told = true
		_ = t.tell(t.by) // as above
	}
	return false
}

// Read implements net.Conn. The deadlines of the connection count.
func (r *rawConn) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	r.in.begin(b)
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
	r.out.begin(b)
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

// read reads what is there, or comes soon; the poller waits where that is nothing.
func (t *transfer) read(fd uintptr) (done bool) {
	if slow := t.slow; slow != nil {
		if t.n, t.err = receive(fd, t.buf, 0); t.err == 0 {
			return true
		}
		t.slow = nil
		slow()
	}
	for {
		if t.n, t.err = receive(fd, t.buf, syscall.MSG_DONTWAIT); t.err != syscall.EINTR {
			return t.err != syscall.EAGAIN || t.later()
		}
	}
}

// receive makes one call. A signal, by which the scheduler asks for the thread, ends its waiting.
func receive(fd uintptr, b []byte, flags uintptr) (int, syscall.Errno) {
	n, _, err := syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), flags, 0, 0)
	if err != 0 {
		return 0, err
	}
	return int(n), 0
}

// write writes all of the buffer.
func (t *transfer) write(fd uintptr) (done bool) {
	if t.n == 0 && t.hungUp(fd) {
		t.err = syscall.ECONNRESET
		return true
	}
	for t.n < len(t.buf) {
		n, err := again(syscall.SYS_SENDTO, fd, t.buf[t.n:], syscall.MSG_NOSIGNAL|syscall.MSG_DONTWAIT)
		if err != 0 {
			t.err = err
			return err != syscall.EAGAIN || t.later()
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
