package transport

import (
	"net/netip"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// ConnInfo describes a stream connection, as core.tcp_list shows it.
type ConnInfo struct {
	ID       flow.ConnID
	Proto    flow.Proto
	State    string // CONN_OK or CONN_CONNECTING
	Accepted bool   // the peer opened it
	Local    netip.AddrPort
	Remote   netip.AddrPort
	Lifetime time.Duration // how long it may be idle
	Timeout  time.Duration // how long it lives on without traffic
	Queued   int           // bytes that wait to be sent
	Aliases  []uint16      // further ports of the peer that lead to it
	// Balancer is the address of the load balancer that passes the connection on (PROXY protocol); zero: there is none.
	Balancer netip.AddrPort
}

// Limits gives the limits in force, defaults filled in, as core.tcp_options shows them.
func (s *Set) Limits() Limits { return s.tuning.Load().Limits }

// Connections lists the stream connections in the order of their IDs.
func (s *Set) Connections() []ConnInfo {
	conns := s.conns.all()
	list := make([]ConnInfo, len(conns))
	for i, c := range conns {
		list[i] = s.info(c)
	}
	return list
}

// Connection describes one connection; it is false if there is none with this ID.
func (s *Set) Connection(id flow.ConnID) (ConnInfo, bool) {
	c := s.conns.get(id)
	if c == nil {
		return ConnInfo{}, false
	}
	return s.info(c), true
}

// CloseConnection closes one connection and fails what is queued on it; it is false if there is none with this ID.
func (s *Set) CloseConnection(id flow.ConnID) bool {
	c := s.conns.get(id)
	if c == nil {
		return false
	}
	c.close(errAsked)
	return true
}

// AddAlias lets messages to another port of the peer use this connection (RFC 5923). It
// fails if the connection is gone, has too many, or if the port leads to another connection.
func (s *Set) AddAlias(id flow.ConnID, port uint16) error { return s.conns.alias(id, port) }

func (s *Set) info(c *conn) ConnInfo {
	i := ConnInfo{ID: c.id, Proto: c.flowProto(), Accepted: c.accepted, Lifetime: c.lifetime()}
	i.Timeout = max(0, i.Lifetime-time.Since(time.Unix(0, c.lastUse.Load())))
	i.State, i.Local, i.Queued = c.out.info(c.local.Addr)
	s.conns.mu.RLock()
	i.Remote, i.Balancer, i.Aliases = c.remote, c.balancer, c.aliases()
	s.conns.mu.RUnlock()
	return i
}

func (o *outbox) info(local netip.AddrPort) (state string, addr netip.AddrPort, queued int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.conn == nil {
		return "CONN_CONNECTING", local, o.bytes
	}
	return "CONN_OK", addrPort(o.conn.LocalAddr()), o.bytes
}

// aliases are the further ports of the peer; under the table's lock.
func (c *conn) aliases() (ports []uint16) {
	for _, p := range c.peers {
		if p.remote != c.remote {
			ports = append(ports, p.remote.Port())
		}
	}
	return ports
}
