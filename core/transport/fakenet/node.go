package fakenet

import (
	"bytes"
	"fmt"
	"net/netip"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

// Node is a server or a phone: some sockets, and a receiver of what comes to them. It is a
// transport.Sender.
type Node struct {
	net      *Net
	sockets  []*flow.Socket
	receiver transport.Receiver
}

var _ transport.Sender = (*Node)(nil)

// Handler is a receiver that is a function.
type Handler func(p transport.Packet)

// Receive implements transport.Receiver.
func (h Handler) Receive(p transport.Packet, _ transport.Carrier) bool {
	h(p)
	return false
}

// Attach puts a node on the network. An address that is taken is an error.
func (n *Net) Attach(r transport.Receiver, sockets ...*flow.Socket) (*Node, error) {
	node := &Node{net: n, sockets: sockets, receiver: r}
	for _, s := range sockets {
		if n.nodes[endpoint{s.Proto, s.Addr}] != nil {
			return nil, fmt.Errorf("fakenet: %s is taken", s)
		}
	}
	for _, s := range sockets {
		n.nodes[endpoint{s.Proto, s.Addr}] = node
	}
	return node, nil
}

// Detach takes the node away. Its connections break, and packets to it vanish.
func (d *Node) Detach() {
	for _, s := range d.sockets {
		delete(d.net.nodes, endpoint{s.Proto, s.Addr})
		d.net.trace("detach %s", s)
	}
	for id, e := range d.net.ends {
		if e.node == d {
			d.net.breakConn(id)
		}
	}
}

// LocalSocket implements transport.Sender.
func (d *Node) LocalSocket(p flow.Proto, preferred *flow.Socket, remote netip.AddrPort) *flow.Socket {
	return transport.ChooseSocket(d.sockets, p, preferred, remote)
}

// Send implements transport.Sender.
func (d *Node) Send(f flow.Flow, data []byte) error {
	return d.SendWith(f, data, transport.SendOptions{})
}

// SendWith implements transport.Sender. What is sent arrives in a later Step.
func (d *Node) SendWith(f flow.Flow, data []byte, o transport.SendOptions) error {
	local := d.LocalSocket(f.Proto, f.Local, f.Remote)
	if local == nil {
		return transport.ErrNoSocket
	}
	f.Local = local
	if f.Proto.Reliable() {
		return d.sendStream(f, string(data), o)
	}
	d.net.sendDatagram(local.Addr, f.Remote, string(data))
	return nil
}

func (n *Net) sendDatagram(from, to netip.AddrPort, data string) {
	p := pair{from.Addr(), to.Addr()}
	link := n.link(p)
	lost, twice := n.chance(link.Loss), n.chance(link.Duplicate)
	if lost || n.cut[p] {
		n.trace("lose %s -> %s %s", from, to, firstLine(data))
		return
	}
	copies := 1
	if twice {
		copies = 2
	}
	for range copies {
		n.After(n.delay(link), func() { n.arrive(from, to, data) })
	}
}

// arrive gives a datagram to whoever has the address by now.
func (n *Net) arrive(from, to netip.AddrPort, data string) {
	node := n.nodes[endpoint{flow.UDP, to}]
	if node == nil {
		n.trace("nobody %s -> %s %s", from, to, firstLine(data))
		return
	}
	n.trace("udp %s -> %s %s", from, to, firstLine(data))
	node.receive(transport.Packet{
		Data: data,
		Flow: flow.Flow{Proto: flow.UDP, Local: node.LocalAt(flow.UDP, to), Remote: from},
	})
}

// LocalAt is the node's socket at an address, or nil.
func (d *Node) LocalAt(p flow.Proto, addr netip.AddrPort) *flow.Socket {
	for _, s := range d.sockets {
		if s.Proto == p && s.Addr == addr {
			return s
		}
	}
	return nil
}

// receive runs the receiver. There is one goroutine only, so nobody can be relieved.
func (d *Node) receive(p transport.Packet) { d.receiver.Receive(p, carrier{}) }

type carrier struct{}

func (carrier) Relieve() {}

func firstLine(data string) string {
	line, _, _ := bytes.Cut([]byte(data), []byte("\r\n"))
	return string(line)
}
