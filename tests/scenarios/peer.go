package scenarios

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/transport"
)

// inbox is how many messages wait at a peer.
const inbox = 1000

// Peer is one user agent: a UDP socket and, when a case needs it, TCP connections.
type Peer struct {
	agent
	name  string
	net   transport.Net
	udp   transport.PacketConn
	tcp   net.Listener
	conn  net.Conn // to the server, made when needed
	in    chan arrival
	known map[string]bool // messages that came before

	mu     sync.Mutex
	closed []io.Closer // to be closed at the end; guarded by mu
}

// arrival is a received message and the way back.
type arrival struct {
	raw   string
	tcp   bool
	reply func(string) error
}

func newPeer(n transport.Net, name string) (*Peer, error) {
	p := &Peer{name: name, net: n, in: make(chan arrival, inbox), known: map[string]bool{}}
	p.agent.name = name
	var err error
	if p.udp, err = n.ListenUDP(place(name), false); err != nil {
		return nil, err
	}
	if p.tcp, err = n.ListenTCP(place(name)); err != nil {
		_ = p.udp.Close()
		return nil, err
	}
	p.closeLater(p.udp, p.tcp)
	go p.readPackets()
	go p.accept()
	return p, nil
}

func (p *Peer) closeLater(c ...io.Closer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = append(p.closed, c...)
}

func (p *Peer) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.closed {
		_ = c.Close()
	}
}

func (p *Peer) readPackets() {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := p.udp.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		p.in <- arrival{raw: string(buf[:n]), reply: func(text string) error { return p.sendUDP(text, from) }}
	}
}

func (p *Peer) sendUDP(text string, to netip.AddrPort) error {
	_, err := p.udp.WriteToUDPAddrPort([]byte(text), to)
	return err
}

func (p *Peer) accept() {
	for {
		c, err := p.tcp.Accept()
		if err != nil {
			return
		}
		p.closeLater(c)
		go p.readStream(c)
	}
}

// readStream takes messages off a connection: a header and as many bytes as it says.
func (p *Peer) readStream(c net.Conn) {
	r := bufio.NewReader(c)
	for {
		var head strings.Builder
		for !strings.HasSuffix(head.String(), "\r\n\r\n") {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			head.WriteString(line)
		}
		body := make([]byte, length(head.String()))
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		p.in <- arrival{raw: head.String() + string(body), tcp: true, reply: writeTo(c)}
	}
}

func length(head string) int {
	_, head, _ = strings.Cut(head, "\r\n")
	h, _ := textproto.NewReader(bufio.NewReader(strings.NewReader(head))).ReadMIMEHeader()
	n, _ := strconv.Atoi(h.Get("Content-Length"))
	return n
}

func writeTo(c net.Conn) func(string) error {
	return func(text string) error {
		_, err := io.WriteString(c, text)
		return err
	}
}

// send sends a request to the server.
func (p *Peer) send(text string, tcp bool) error {
	if !tcp {
		return p.sendUDP(text, place("server"))
	}
	if p.conn == nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		c, err := p.net.DialTCP(ctx, netip.AddrPort{}, place("server"))
		if err != nil {
			return err
		}
		p.conn = c
		p.closeLater(c)
		go p.readStream(c)
	}
	return writeTo(p.conn)(text)
}

var errNothing = errors.New("nothing came")

// receive waits for the next message; repeated says whether to take a repetition, or to pass over it.
func (p *Peer) receive(d time.Duration, repeated bool) (arrival, error) {
	late := time.After(d)
	for {
		select {
		case a := <-p.in:
			before := p.known[a.raw]
			p.known[a.raw] = true
			if before == repeated {
				return a, nil
			}
			if repeated {
				return a, fmt.Errorf("%s: a repetition was to come, not\n%s", p.name, a.raw)
			}
		case <-late:
			return arrival{}, fmt.Errorf("%s: %w", p.name, errNothing)
		}
	}
}
