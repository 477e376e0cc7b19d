package fakenet

import (
	"errors"
	"net/netip"
	"slices"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

// What a stream fails with in the simulation.
var (
	ErrRefused = errors.New("fakenet: connection refused")
	ErrTimeout = errors.New("fakenet: connection timed out")
	ErrBroken  = errors.New("fakenet: connection broken")
)

// firstEphemeral is the port of the first connection that is opened.
const firstEphemeral = 32768

// end is one side of a connection.
type end struct {
	node   *Node
	proto  flow.Proto
	local  *flow.Socket
	addr   netip.AddrPort // its own address on this connection
	remote netip.AddrPort
	other  flow.ConnID
	ready  time.Time // when what was sent last to this end arrives: nothing overtakes it
}

// sendStream sends on the flow's connection, on another one to the peer, or on a new one.
func (d *Node) sendStream(f flow.Flow, data string, o transport.SendOptions) error {
	id := d.findConn(f)
	if id == 0 && o.NoConnect {
		return transport.ErrNoConnection
	}
	if id == 0 {
		id = d.openConn(f)
	}
	n := d.net
	from, other := n.ends[id], n.ends[n.ends[id].other]
	p := pair{from.addr.Addr(), from.remote.Addr()}
	if n.cut[p] {
		n.After(n.ConnectTimeout, func() { n.fail(id, ErrTimeout, o) })
		return nil
	}
	at := n.Now().Add(n.delay(n.link(p)))
	if at.Before(other.ready) {
		at = other.ready
	}
	other.ready = at
	n.At(at, func() { n.arriveStream(id, data, o) })
	return nil
}

// findConn prefers the flow's own connection. The lowest ID wins among others: maps have no order.
func (d *Node) findConn(f flow.Flow) flow.ConnID {
	if e := d.net.ends[f.Conn]; e != nil && e.node == d {
		return f.Conn
	}
	var found flow.ConnID
	for id, e := range d.net.ends {
		if e.node == d && e.proto == f.Proto && e.remote == f.Remote && (found == 0 || id < found) {
			found = id
		}
	}
	return found
}

// openConn makes both ends. Whether anybody is there shows when the first bytes arrive.
func (d *Node) openConn(f flow.Flow) flow.ConnID {
	n := d.net
	mine, theirs := n.lastID+1, n.lastID+2
	n.lastID += 2
	from := netip.AddrPortFrom(f.Local.Addr.Addr(), uint16(firstEphemeral+(int(mine)/2)%firstEphemeral))
	n.ends[mine] = &end{node: d, proto: f.Proto, local: f.Local, addr: from, remote: f.Remote, other: theirs}
	n.ends[theirs] = &end{proto: f.Proto, addr: f.Remote, remote: from, other: mine}
	return mine
}

func (n *Net) arriveStream(from flow.ConnID, data string, o transport.SendOptions) {
	sender := n.ends[from]
	if sender == nil {
		n.fail(from, ErrBroken, o)
		return
	}
	to := n.ends[sender.other]
	if to.node == nil && !n.accept(to) {
		n.fail(from, ErrRefused, o)
		return
	}
	id := sender.other
	n.trace("%s %s -> %s %s", sender.proto, sender.addr, sender.remote, firstLine(data))
	if o.Close {
		n.breakConn(from)
	}
	to.node.receive(transport.Packet{
		Data: data,
		Flow: flow.Flow{Proto: to.proto, Conn: id, Local: to.local, Remote: to.remote},
	})
}

// accept finds who listens at the far end.
func (n *Net) accept(e *end) bool {
	node := n.nodes[endpoint{e.proto, e.addr}]
	if node == nil {
		return false
	}
	e.node, e.local = node, node.LocalAt(e.proto, e.addr)
	return true
}

// fail breaks the connection and tells the sender.
func (n *Net) fail(id flow.ConnID, err error, o transport.SendOptions) {
	n.trace("fail conn %d: %v", id, err)
	n.breakConn(id)
	if o.Failed != nil {
		o.Failed(err)
	}
}

// breakConn forgets both ends; bytes on the way fail when they would arrive.
func (n *Net) breakConn(id flow.ConnID) {
	if e := n.ends[id]; e != nil {
		delete(n.ends, id)
		delete(n.ends, e.other)
	}
}

// Connections lists the IDs of the node's connections, in order.
func (d *Node) Connections() []flow.ConnID {
	var ids []flow.ConnID
	for id, e := range d.net.ends {
		if e.node == d {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
