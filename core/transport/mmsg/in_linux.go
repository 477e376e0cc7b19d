//go:build linux && (amd64 || arm64)

package mmsg

import (
	"net/netip"
	"syscall"
	"unsafe"
)

// header is struct mmsghdr.
type header struct {
	syscall.Msghdr
	n uint32
	_ uint32
}

// transfer is recvmmsg(2) or sendmmsg(2), without waiting. It tells how many of the messages it is done with.
func transfer(call, fd uintptr, headers []header) (n int, err syscall.Errno) {
	for {
		n, _, err := syscall.RawSyscall6(call, fd, uintptr(unsafe.Pointer(&headers[0])), uintptr(len(headers)), syscall.MSG_DONTWAIT, 0, 0)
		switch err {
		case 0:
			return int(n), 0
		case syscall.EINTR:
			continue
		}
		return 0, err
	}
}

// In is room for datagrams that are read. One goroutine at a time uses it.
type In struct {
	headers []header
	iovs    []syscall.Iovec
	names   []syscall.RawSockaddrInet6 // large enough for IPv4 too
	room    []byte
	size    int
}

// NewIn makes room for n datagrams of a size; longer ones are cut.
func NewIn(n, size int) *In {
	b := &In{headers: make([]header, n), iovs: make([]syscall.Iovec, n), names: make([]syscall.RawSockaddrInet6, n), room: make([]byte, n*size), size: size}
	for i := range b.headers {
		b.iovs[i].Base = &b.room[i*size]
		b.iovs[i].SetLen(size)
		h := &b.headers[i]
		h.Name, h.Iov, h.Iovlen = (*byte)(unsafe.Pointer(&b.names[i])), &b.iovs[i], 1
	}
	return b
}

// Read takes what has arrived at a socket; syscall.EAGAIN says that there is nothing.
func (b *In) Read(fd uintptr) (n int, err syscall.Errno) {
	for i := range b.headers {
		b.headers[i].Namelen = uint32(unsafe.Sizeof(b.names[i]))
	}
	return transfer(syscall.SYS_RECVMMSG, fd, b.headers)
}

// Datagram is the i-th that was read; it is valid until the next Read.
func (b *In) Datagram(i int) []byte { return b.room[i*b.size:][:b.headers[i].n] }

// From is where the i-th came from.
func (b *In) From(i int) netip.AddrPort { return AddrOf(&b.names[i]) }
