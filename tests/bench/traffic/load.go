package traffic

import (
	"fmt"
	"net"
	"net/netip"
	"time"
)

// Case is what one operation does.
type Case string

// The cases.
const (
	Call     Case = "call"     // INVITE 100 180 200 ACK, 100 ms of talk, BYE 200
	Message  Case = "message"  // a MESSAGE relayed to a registered user
	Register Case = "register" // a REGISTER that the server answers, of another user each time
	Options  Case = "options"  // a keep-alive that the script answers
)

// Load is what is offered to a server.
type Load struct {
	Case      Case
	Transport string // "udp" or "tcp"
	Server    netip.AddrPort
	Callee    *Callee
	Rate      int // operations begun in a second
	Count     int // operations in all
	// Gather is the time whose operations begin together: 0 begins them evenly, and a millisecond does as SIPp.
	Gather time.Duration
	Users  int // how many registered users are called, evenly in a scattered order
	First  int // number of the first of them
	// Connections is how many the callers share, over TCP.
	Connections int
}

// Result is what became of a load.
type Result struct {
	Offered, Lost, Resent int
	// Refused counts operations that ended with a failure reply; they are lost too.
	Refused int
	Took    time.Duration
	// Latency is the time to the first 180 of each call, or to the final reply of other requests,
	// in the order of arrival.
	Latency []time.Duration
}

// patience is how long the last operations may take after the last one was begun, with those sent again.
const patience = 8 * time.Second

// Offer offers the load and waits for its end.
func Offer(l Load) (Result, error) {
	c := newCaller(l)
	open, err := c.connect()
	if err != nil {
		return Result{}, err
	}
	defer open.Close()
	start := time.Now()
	if err := c.run(start); err != nil {
		return Result{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.result
	r.Took = time.Since(start)
	r.Offered, r.Lost = l.Count, l.Count-c.done
	return r, nil
}

// connect opens the callers' sockets.
func (c *caller) connect() (closers, error) {
	if c.load.Transport == "udp" {
		conn, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(c.load.Server))
		if err != nil {
			return nil, err
		}
		_ = conn.SetReadBuffer(socketBuffer) // what the system allows
		c.links, c.near = []link{udpLink{conn: conn}}, []string{conn.LocalAddr().String()}
		go readUDP(conn, true, c.receiver())
		return closers{conn}, nil
	}
	var open closers
	for range max(1, c.load.Connections) {
		conn, err := net.DialTCP("tcp4", nil, net.TCPAddrFromAddrPort(c.load.Server))
		if err != nil {
			_ = open.Close()
			return nil, fmt.Errorf("traffic: %w", err)
		}
		l := &tcpLink{conn: conn}
		open, c.links, c.near = append(open, conn), append(c.links, l), append(c.near, conn.LocalAddr().String())
		go l.readTCP(c.receiver())
	}
	return open, nil
}
