package traffic

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// phones is how many register at the same time.
const phones = 32

// tries is how often a phone registers until it gives up.
const tries = 10

// Fill registers the users from the number first up to end, each with some contacts at the callee, and returns when
// each has its 200. It goes over UDP, whatever the contacts say.
func Fill(server netip.AddrPort, first, end, branches int, callee *Callee, transport string) error {
	var all sync.WaitGroup
	failed := make(chan error, phones)
	for i := range min(phones, end-first) {
		all.Go(func() {
			p := phone{server: server, branches: branches, callee: callee.address, transport: transport}
			if err := p.registerAll(first+i, end); err != nil {
				failed <- err
			}
		})
	}
	all.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// phone registers one user after the other.
type phone struct {
	server            netip.AddrPort
	branches          int
	callee, transport string
	conn              *net.UDPConn
	buffer            [longest]byte
	reply             message
}

func (p *phone) registerAll(first, end int) error {
	conn, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(p.server))
	if err != nil {
		return err
	}
	defer conn.Close()
	p.conn = conn
	for n := first; n < end; n += phones {
		if err := p.register(n); err != nil {
			return err
		}
	}
	return nil
}

func (p *phone) register(n int) error {
	name := user(n)
	request := fmt.Appendf(nil, registerText, name, n, "UDP", p.conn.LocalAddr(), "fill", contacts(name, p.branches, p.callee, p.transport))
	for range tries {
		if _, err := p.conn.Write(request); err == nil && p.answered(n) {
			return nil
		}
	}
	return fmt.Errorf("traffic: the server did not take the REGISTER of %s", name)
}

// answered waits for the 200 of the nth user.
func (p *phone) answered(n int) bool {
	_ = p.conn.SetReadDeadline(time.Now().Add(again))
	for {
		size, err := p.conn.Read(p.buffer[:])
		if err != nil {
			return false
		}
		if p.reply.read(p.buffer[:size]) && number(p.reply.callID) == n {
			return p.reply.code == 200
		}
	}
}
