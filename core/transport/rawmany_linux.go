//go:build linux && (amd64 || arm64)

package transport

import (
	"net/netip"
	"syscall"

	"github.com/moonroute/moonroute/core/transport/mmsg"
)

// atOnce is how many datagrams a reader that is behind takes with one system call.
const atOnce = 64

// many is a socket's room for reading and writing many datagrams at once. Its reader has it.
type many struct {
	in       *mmsg.In
	out      mmsg.Out
	n        int
	lost     int
	tryRead  func(fd uintptr) bool
	tryWrite func(fd uintptr) bool
}

func (u *rawUDP) openMany() *many {
	m := &many{in: mmsg.NewIn(atOnce, datagramBuffer)}
	m.tryRead = func(fd uintptr) bool {
		m.n, _ = m.in.Read(fd) // after an error the reader goes back to single datagrams; it hears there of one that stays
		return true
	}
	m.tryWrite = func(fd uintptr) bool {
		if m.out.Write(fd, u.link, func(int, netip.AddrPort, syscall.Errno) { m.lost++ }) {
			m.lost += m.out.Len() // a reader that is behind does not wait for room
			m.out.Clear()
		}
		return true
	}
	return m
}

// readMany implements manyAtOnce.
func (u *rawUDP) readMany() int {
	if u.many == nil {
		u.many = u.openMany()
	}
	u.many.n = 0
	_ = u.raw.Read(u.many.tryRead)
	return u.many.n
}

// datagram implements manyAtOnce.
func (u *rawUDP) datagram(i int) ([]byte, netip.AddrPort) {
	return u.many.in.Datagram(i), u.many.in.From(i)
}

// Answer implements Answers.
func (u *rawUDP) Answer(data []byte, to netip.AddrPort) { u.many.out.Add(data, unmap(to)) }

// writeMany implements manyAtOnce.
func (u *rawUDP) writeMany() (sent, lost int) {
	n := u.many.out.Len()
	u.many.lost = 0
	if u.raw.Write(u.many.tryWrite) != nil { // the socket is closed
		u.many.out.Clear()
		return 0, n
	}
	return n - u.many.lost, u.many.lost
}
