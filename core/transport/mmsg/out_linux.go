//go:build linux && (amd64 || arm64)

package mmsg

import (
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	mostSegments = 60    // of one packet; the system has 64
	mostBytes    = 60000 // of one packet
	mostSegment  = 1400  // a longer datagram may not fit the network in one piece
)

// Out collects datagrams that are to be sent. One goroutine at a time uses it. The zero value is empty.
type Out struct {
	texts    []byte
	ends     []int // in texts
	to       []netip.AddrPort
	headers  []header
	iovs     []syscall.Iovec
	names    []syscall.RawSockaddrInet6
	controls []control
	done     int  // how many of them the system has
	single   bool // no packets for the system to take apart
}

// control tells the system how long the segments of a packet are.
type control struct {
	syscall.Cmsghdr
	size uint16
	_    [6]byte
}

// Add copies a datagram.
func (b *Out) Add(data []byte, to netip.AddrPort) {
	b.texts = append(b.texts, data...)
	b.ends = append(b.ends, len(b.texts))
	b.to = append(b.to, to)
}

// Len is how many were added and are not sent.
func (b *Out) Len() int { return len(b.ends) - b.done }

// Write sends all, or until the system has no room: full is true then, the rest is kept, and another Write goes on with it. What the system does
// not take for another reason is lost; lost, if given, is told which one, in the order in which they were added. Link is the number
// of its interface, for a socket whose address is local to a link.
func (b *Out) Write(fd uintptr, link uint32, lost func(i int, to netip.AddrPort, err syscall.Errno)) (full bool) {
	for b.done < len(b.ends) {
		b.describe(b.done, link)
		sent, err := transfer(unix.SYS_SENDMMSG, fd, b.headers)
		for i := range sent {
			b.done += int(b.headers[i].Iovlen)
		}
		switch {
		case err == 0:
		case err == syscall.EAGAIN:
			return true
		case b.headers[0].Controllen > 0:
			b.single = true // on this road nobody takes packets apart
		default:
			if lost != nil {
				lost(b.done, b.to[b.done], err)
			}
			b.done++
		}
	}
	b.Clear()
	return false
}

// Clear forgets what was added.
func (b *Out) Clear() {
	b.texts, b.ends, b.to, b.done, b.single = b.texts[:0], b.ends[:0], b.to[:0], 0, false
}

// describe makes the system's list of the datagrams from first on. Nothing grows after it has been pointed to.
func (b *Out) describe(first int, link uint32) {
	n := len(b.ends)
	b.headers, b.iovs = resize(b.headers, n)[:0], resize(b.iovs, n)
	b.names, b.controls = resize(b.names, n), resize(b.controls, n)
	for i := first; i < n; {
		end := b.run(i)
		b.headers = append(b.headers, b.packet(i, end, link))
		i = end
	}
}

func resize[T any](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, n)
	}
	return list[:n]
}

// run gives the end of the datagrams that go as one packet: equally long ones to one peer, and a last shorter one.
func (b *Out) run(first int) (end int) {
	size := b.size(first)
	if b.single || size == 0 || size > mostSegment {
		return first + 1
	}
	last := min(len(b.ends), first+mostSegments, first+mostBytes/size)
	for end = first + 1; end < last && b.to[end] == b.to[first] && b.size(end) > 0; end++ {
		switch next := b.size(end); {
		case next < size:
			return end + 1
		case next > size:
			return end
		}
	}
	return end
}

func (b *Out) size(i int) int { return b.ends[i] - b.start(i) }

func (b *Out) start(i int) int {
	if i == 0 {
		return 0
	}
	return b.ends[i-1]
}

// packet describes the datagrams from first to end as one.
func (b *Out) packet(first, end int, link uint32) header {
	for i := first; i < end; i++ {
		b.iovs[i].Base = unsafe.SliceData(b.texts[b.start(i):])
		b.iovs[i].SetLen(b.size(i))
	}
	h := header{Msghdr: syscall.Msghdr{Name: (*byte)(unsafe.Pointer(&b.names[first])), Iov: &b.iovs[first], Iovlen: uint64(end - first)}}
	h.Namelen = uint32(PutAddr(&b.names[first], b.to[first], link))
	if end-first > 1 {
		c := &b.controls[first]
		c.Level, c.Type, c.size = unix.SOL_UDP, unix.UDP_SEGMENT, uint16(b.size(first))
		c.SetLen(syscall.CmsgLen(2))
		h.Control = (*byte)(unsafe.Pointer(c))
		h.SetControllen(int(unsafe.Sizeof(*c)))
	}
	return h
}
