package traffic

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// socketBuffer is asked of the system for each UDP socket, so that a pause of this process
// loses nothing.
const socketBuffer = 4 << 20

// longest is the longest message that is read.
const longest = 64 << 10

// receiver takes one message; the bytes are its own until it returns. back leads to the sender.
type receiver func(at time.Time, data []byte, back link)

// link is where messages to one peer go. Sending does not wait for the peer.
type link interface {
	send(data []byte) error
}

// udpLink sends to one address, or to the one that the socket is connected with.
type udpLink struct {
	conn *net.UDPConn
	to   netip.AddrPort
}

func (l udpLink) send(data []byte) error {
	var err error
	if l.to.IsValid() {
		_, err = l.conn.WriteToUDPAddrPort(data, l.to)
	} else {
		_, err = l.conn.Write(data)
	}
	return err
}

// readUDP gives each datagram to r until the socket is closed. A connected socket hears of a peer
// that is not there as an error of one read: the next one may do.
func readUDP(conn *net.UDPConn, connected bool, r receiver) {
	buffer := make([]byte, longest)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buffer)
		at := time.Now()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			continue
		case connected:
			from = netip.AddrPort{}
		}
		r(at, buffer[:n], udpLink{conn, from})
	}
}

// tcpLink is one connection; its writers take turns.
type tcpLink struct {
	mu   sync.Mutex
	conn net.Conn
}

func (l *tcpLink) send(data []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.conn.Write(data)
	return err
}

// readTCP gives each message of a connection to r until the connection ends.
func (l *tcpLink) readTCP(r receiver) {
	buffer, filled := make([]byte, 2*longest), 0
	for {
		n, err := l.conn.Read(buffer[filled:])
		if err != nil {
			return
		}
		at := time.Now()
		filled += n
		rest := buffer[:filled]
		for {
			size := messageSize(rest)
			if size == 0 {
				break
			}
			r(at, rest[:size], l)
			rest = rest[size:]
		}
		if len(rest) > longest {
			return
		}
		filled = copy(buffer, rest)
	}
}

// messageSize is the length of the first message in a stream's bytes, 0 while it is not whole.
func messageSize(data []byte) int {
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		return 0
	}
	end += 4
	const name = "\r\nContent-Length:"
	at := bytes.Index(data[:end], []byte(name))
	if at < 0 {
		return end
	}
	size := end + max(0, number(bytes.TrimLeft(data[at+len(name):end], " ")))
	if size > len(data) {
		return 0
	}
	return size
}

// closers are closed together.
type closers []io.Closer

func (c closers) Close() error {
	for _, x := range c {
		_ = x.Close()
	}
	return nil
}
