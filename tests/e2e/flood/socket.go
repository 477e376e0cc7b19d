//go:build linux && (amd64 || arm64)

package flood

import (
	"fmt"
	"net"
	"net/netip"
	"os"

	"github.com/moonroute/moonroute/core/transport/mmsg"
)

const (
	batch        = 64      // datagrams that are read or written by one system call
	socketBuffer = 8 << 20 // bytes; the system may allow less
)

// socket is one side of the calls. The Go runtime does not watch it: waking a reader for each datagram would be the server's work.
type socket struct {
	file   *os.File
	local  netip.AddrPort
	server netip.AddrPort
	in     *mmsg.In
	out    mmsg.Out
	text   []byte // of the message that is being built
}

func open(server *net.UDPAddr) (*socket, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("flood: %w", err)
	}
	defer conn.Close()
	_ = conn.SetReadBuffer(socketBuffer)
	_ = conn.SetWriteBuffer(socketBuffer)
	file, err := conn.File()
	if err != nil {
		return nil, fmt.Errorf("flood: %w", err)
	}
	return &socket{file: file, local: plain(conn.LocalAddr().(*net.UDPAddr)), server: plain(server), in: mmsg.NewIn(batch, 8192)}, nil
}

// plain is an address of IPv4 as such.
func plain(a *net.UDPAddr) netip.AddrPort {
	at := a.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}

// read tells how many messages have arrived, without waiting. They are valid until the next read.
func (s *socket) read() int {
	n, _ := s.in.Read(s.file.Fd())
	return n
}

// send takes a message that was built on text; it leaves with others.
func (s *socket) send(text []byte) {
	s.text = text[:0]
	s.out.Add(text, s.server)
	if s.out.Len() == batch {
		s.flush()
	}
}

// flush sends what was built. What the system refuses is lost, as on any road.
func (s *socket) flush() {
	s.out.Write(s.file.Fd(), 0, nil)
	s.out.Clear()
}
