package rpc

import (
	"net"
	"slices"
)

// Commands are the ctl module's own: ctl.listen, ctl.who and ctl.connections. Each answers
// in rows without a frame around them, which kamcmd's aliases "who" and "listen" count on.
func (s *BinaryServer) Commands() []Command {
	return []Command{
		{Name: "ctl.listen", Doc: "Sockets that the control interface listens on.", Array: true, Run: s.runListen},
		{Name: "ctl.who", Doc: "Clients that are connected to the control interface.", Run: s.runWho},
		{Name: "ctl.connections", Doc: "Number of clients that are connected to the control interface.", Run: s.runConnections},
	}
}

func (s *BinaryServer) runListen(c *Call) error {
	for _, e := range s.Listens() {
		c.Add("binrpc", e.Transport, e.Name, e.Port)
	}
	return nil
}

func (s *BinaryServer) runWho(c *Call) error {
	if c.Protocol() != Binary {
		return c.Fault(606, "rpc available only over binrpc (ctl)")
	}
	conns := s.Connections()
	if len(conns) == 0 {
		return c.Fault(400, "no open stream connection")
	}
	for _, conn := range conns {
		c.Add("binrpc", conn.From.Transport, conn.From.Name, conn.From.Port, conn.To.Name, conn.To.Port)
	}
	return nil
}

func (s *BinaryServer) runConnections(c *Call) error {
	if c.Protocol() != Binary {
		return c.Fault(606, "rpc available only over binrpc (ctl)")
	}
	c.Add(len(s.Connections()))
	return nil
}

// Listens are the open listeners, in the order in which they were opened.
func (s *BinaryServer) Listens() []Endpoint {
	s.mu.Lock()
	defer s.mu.Unlock()
	var open []Endpoint
	for _, l := range s.listens {
		if !l.closing() {
			open = append(open, l.at)
		}
	}
	return open
}

// Connections are the open streams, oldest first.
func (s *BinaryServer) Connections() []Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.conns)
}

// join notes a client, unless the carrier is closing: then nobody would hang up on it.
func (s *BinaryServer) join(c *Carrier, conn Connection) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.closing() {
		return false
	}
	s.conns = append(s.conns, conn)
	return true
}

func (s *BinaryServer) leave(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = slices.DeleteFunc(s.conns, func(c Connection) bool { return c.conn == conn })
}

// hangUp closes the clients of one listener, so that those that wait for a request return.
func (s *BinaryServer) hangUp(to Endpoint) {
	for _, c := range s.Connections() {
		if c.To == to {
			c.conn.Close()
		}
	}
}

// endpoint names an address as ctl.listen shows it.
func (a address) endpoint() Endpoint {
	switch a.network {
	case "unix":
		return Endpoint{Transport: "unix_stream", Name: a.where}
	case "unixgram":
		return Endpoint{Transport: "unix_dgram", Name: a.where}
	}
	host, port, _ := net.SplitHostPort(a.where)
	if host == "" {
		host = "*"
	}
	return Endpoint{a.network, host, port}
}

func remoteEndpoint(conn net.Conn, to Endpoint) Endpoint {
	if to.Port == "" {
		return Endpoint{Transport: to.Transport, Name: "<anonymous unix socket>"}
	}
	host, port, _ := net.SplitHostPort(conn.RemoteAddr().String())
	return Endpoint{to.Transport, host, port}
}
