package mmsg

import (
	"encoding/binary"
	"net/netip"
	"syscall"
	"unsafe"
)

// AddrOf reads a socket address of the system.
func AddrOf(sa *syscall.RawSockaddrInet6) netip.AddrPort {
	port := binary.BigEndian.Uint16((*[2]byte)(unsafe.Pointer(&sa.Port))[:])
	if sa.Family == syscall.AF_INET {
		v4 := (*syscall.RawSockaddrInet4)(unsafe.Pointer(sa))
		return netip.AddrPortFrom(netip.AddrFrom4(v4.Addr), port)
	}
	return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), port)
}

// PutAddr writes an address in the system's form and gives its size. One that is local to a link is on that of the socket.
func PutAddr(sa *syscall.RawSockaddrInet6, a netip.AddrPort, link uint32) uintptr {
	binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(&sa.Port))[:], a.Port())
	if a.Addr().Is4() {
		v4 := (*syscall.RawSockaddrInet4)(unsafe.Pointer(sa))
		v4.Family, v4.Addr = syscall.AF_INET, a.Addr().As4()
		return unsafe.Sizeof(*v4)
	}
	sa.Family, sa.Addr, sa.Scope_id = syscall.AF_INET6, a.Addr().As16(), 0
	if link != 0 && a.Addr().IsLinkLocalUnicast() {
		sa.Scope_id = link
	}
	return unsafe.Sizeof(*sa)
}
