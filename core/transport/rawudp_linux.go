//go:build linux && (amd64 || arm64)

package transport

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"github.com/moonroute/moonroute/core/transport/mmsg"
)

// rawUDP reads and writes a datagram socket with system calls that the Go scheduler is not told
// of. The socket never blocks, so there is nothing to tell; but being told, the scheduler
// wakes its monitor thread at each call of an otherwise idle process, which cost a tenth of an answered OPTIONS.
type rawUDP struct {
	PacketConn
	raw     syscall.RawConn
	timed   timedConn // the same socket
	link    uint32    // of a socket whose address is local to a link: the number of its interface
	read    rawRead
	tryRead func(fd uintptr) bool // read.try, made once
	writes  sync.Pool
	many    *many // made when it is needed first

	gathering gathering
}

// timedConn is a socket of the system.
type timedConn interface {
	syscall.Conn
	SetReadDeadline(t time.Time) error
}

// rawDatagrams wraps a real socket; others stay as they are.
func rawDatagrams(pc PacketConn) PacketConn {
	sc, ok := pc.(timedConn)
	if !ok {
		return pc
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return pc
	}
	u := &rawUDP{PacketConn: pc, raw: raw, timed: sc, link: linkOf(pc.LocalAddr())}
	u.tryRead = u.read.try
	u.writes.New = func() any {
		w := new(rawWrite)
		w.tryWrite = w.try
		return w
	}
	return u
}

// rawRead is one read; its fields live here so that reading allocates nothing. One
// goroutine at a time reads a socket.
type rawRead struct {
	buf  []byte
	n    int
	from syscall.RawSockaddrInet6 // large enough for IPv4 too
	err  syscall.Errno
	idle bool // nothing was there at first
}

func (r *rawRead) try(fd uintptr) bool {
	for {
		size := uint32(unsafe.Sizeof(r.from))
		n, _, err := syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(unsafe.SliceData(r.buf))), uintptr(len(r.buf)),
			0, uintptr(unsafe.Pointer(&r.from)), uintptr(unsafe.Pointer(&size)))
		switch err {
		case syscall.EINTR:
			continue
		case syscall.EAGAIN:
			r.idle = true
			return false // the poller waits
		}
		r.n, r.err = int(n), err
		return true
	}
}

// ReadFromUDPAddrPort implements PacketConn.
func (u *rawUDP) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	u.read.buf, u.read.idle = b, false
	err := u.raw.Read(u.tryRead)
	for errors.Is(err, os.ErrDeadlineExceeded) { // it was made to look
		_ = u.timed.SetReadDeadline(time.Time{})
		err = u.raw.Read(u.tryRead)
	}
	if err != nil {
		return 0, netip.AddrPort{}, err
	}
	if u.read.err != 0 {
		return 0, netip.AddrPort{}, u.read.err
	}
	return u.read.n, mmsg.AddrOf(&u.read.from), nil
}

// look implements looker: a read that waits, or the next one, has come to its end, and begins again.
func (u *rawUDP) look() { _ = u.timed.SetReadDeadline(time.Unix(1, 0)) }

// wasIdle tells whether the last read found nothing at first and had to wait.
func (u *rawUDP) wasIdle() bool { return u.read.idle }

// rawWrite is one write. Several goroutines may write, so these are pooled.
type rawWrite struct {
	data     []byte
	to       syscall.RawSockaddrInet6
	size     uintptr
	err      syscall.Errno
	tryWrite func(fd uintptr) bool
}

func (w *rawWrite) try(fd uintptr) bool {
	for {
		_, _, w.err = syscall.RawSyscall6(syscall.SYS_SENDTO, fd, uintptr(unsafe.Pointer(unsafe.SliceData(w.data))), uintptr(len(w.data)),
			0, uintptr(unsafe.Pointer(&w.to)), w.size)
		switch w.err {
		case syscall.EINTR:
			continue
		case syscall.EAGAIN:
			return false
		}
		return true
	}
}

// WriteToUDPAddrPort implements PacketConn.
func (u *rawUDP) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	w := u.writes.Get().(*rawWrite)
	w.data, w.size = b, mmsg.PutAddr(&w.to, to, u.link)
	err := u.raw.Write(w.tryWrite)
	if err == nil && w.err != 0 {
		err = w.err
	}
	w.data = nil
	u.writes.Put(w)
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

// linkOf is the number of the interface that an address of a link is of; 0 for others.
func linkOf(a net.Addr) uint32 {
	udp, ok := a.(*net.UDPAddr)
	if !ok || udp.Zone == "" {
		return 0
	}
	i, err := net.InterfaceByName(udp.Zone)
	if err != nil {
		return 0
	}
	return uint32(i.Index)
}
