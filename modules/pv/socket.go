package pv

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// Where the message came from.
var addressVars = kemi.Vars[state]{
	{Name: "si", Get: message(getSourceIP), Doc: "source address"},
	{Name: "src_ip", Get: message(getSourceIP), Doc: "source address"},
	{Name: "siz", Get: message(func(c *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Str(bracketed(c, m.Flow.Remote.Addr())) }), Doc: "source address, an IPv6 one in brackets"},
	{Name: "sp", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Int(int(m.Flow.Remote.Port())) }), Doc: "source port"},
	{Name: "sas", Get: message(func(c *kemi.Ctx, m *route.Message) kemi.Value {
		return kemi.Str(m.Flow.Proto.String() + ":" + sourceHostPort(c, m))
	}), Doc: "source as proto:address:port"},
	{Name: "su", Get: message(getSourceURI), Doc: "source as a URI, with transport= if it is not UDP"},
	{Name: "sut", Get: message(func(c *kemi.Ctx, m *route.Message) kemi.Value {
		return kemi.Str("sip:" + sourceHostPort(c, m) + ";transport=" + m.Flow.Proto.String())
	}), Doc: "source as a URI with transport="},
}

func getSourceIP(c *kemi.Ctx, m *route.Message) kemi.Value {
	if !m.Flow.Remote.IsValid() {
		return kemi.Null
	}
	return kemi.Str(c.Shard.AddrText(m.Flow.Remote.Addr()))
}

func getSourceURI(c *kemi.Ctx, m *route.Message) kemi.Value {
	uri := "sip:" + sourceHostPort(c, m)
	if m.Flow.Proto != flow.UDP {
		uri += ";transport=" + m.Flow.Proto.String()
	}
	return kemi.Str(uri)
}

func sourceHostPort(c *kemi.Ctx, m *route.Message) string {
	return bracketed(c, m.Flow.Remote.Addr()) + ":" + strconv.Itoa(int(m.Flow.Remote.Port()))
}

func bracketed(c *kemi.Ctx, a netip.Addr) string {
	s := c.Shard.AddrText(a)
	if a.Unmap().Is6() {
		return "[" + s + "]"
	}
	return s
}

// The socket that received the message, and the one that will send it.
var socketVars = kemi.Vars[state]{
	{Name: "Ri", Get: local(func(c *kemi.Ctx, s *flow.Socket) kemi.Value { return kemi.Str(c.Shard.AddrText(s.Addr.Addr())) }), Doc: "address of the socket that received the message"},
	{Name: "Rp", Get: local(func(_ *kemi.Ctx, s *flow.Socket) kemi.Value { return kemi.Int(int(s.Addr.Port())) }), Doc: "port of the receiving socket"},
	{Name: "Rn", Get: local(func(_ *kemi.Ctx, s *flow.Socket) kemi.Value { return text(s.Name) }), Doc: "name of the receiving socket"},
	{Name: "Ru", Get: local(func(_ *kemi.Ctx, s *flow.Socket) kemi.Value { return kemi.Str(socketURI(s, s.Host, s.PortText, false)) }), Doc: "receiving socket as a URI, with transport= if it is not UDP"},
	{Name: "Rut", Get: local(func(_ *kemi.Ctx, s *flow.Socket) kemi.Value { return kemi.Str(socketURI(s, s.Host, s.PortText, true)) }), Doc: "receiving socket as a URI with transport="},
	{Name: "Ras", Get: local(func(_ *kemi.Ctx, s *flow.Socket) kemi.Value { return kemi.Str(s.String()) }), Doc: "receiving socket as proto:address:port"},
	{Name: "RAi", Get: local(func(_ *kemi.Ctx, s *flow.Socket) kemi.Value {
		host, _ := s.SentBy()
		return kemi.Str(strings.Trim(host, "[]"))
	}), Doc: "advertised address of the receiving socket"},
	{Name: "RAp", Get: local(func(_ *kemi.Ctx, s *flow.Socket) kemi.Value {
		_, port := s.SentBy()
		return kemi.Int(kemi.Str(port).Number())
	}), Doc: "advertised port of the receiving socket"},
	{Name: "RAu", Get: local(func(_ *kemi.Ctx, s *flow.Socket) kemi.Value {
		host, port := s.SentBy()
		return kemi.Str(socketURI(s, host, port, false))
	}), Doc: "advertised socket as a URI, with transport= if it is not UDP"},
	{Name: "RAut", Get: local(func(_ *kemi.Ctx, s *flow.Socket) kemi.Value {
		host, port := s.SentBy()
		return kemi.Str(socketURI(s, host, port, true))
	}), Doc: "advertised socket as a URI with transport="},
	{Name: "fs", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return text(m.Target.Socket.String()) }), Set: setSocket, Doc: "socket to send from, as proto:address:port"},
	{Name: "fsn", Get: message(getSocketName), Set: setSocketName, Doc: "name of the socket to send from"},
	{Name: "fsp", Get: message(getSocketPort), Doc: "port of the socket to send from; 0 if none is set"},
}

// local makes a getter for a part of the receiving socket.
func local(take func(c *kemi.Ctx, s *flow.Socket) kemi.Value) getter {
	return message(func(c *kemi.Ctx, m *route.Message) kemi.Value {
		if m.Flow.Local == nil {
			return kemi.Null
		}
		s := m.Flow.Local
		if p := m.Flow.Proto; p.WebSocket() && s.Proto != p { // the connection was upgraded
			upgraded := *s
			upgraded.Proto, s = p, &upgraded
		}
		return take(c, s)
	})
}

func socketURI(s *flow.Socket, host, port string, always bool) string {
	uri := "sip:" + host + ":" + port
	if always || s.Proto != flow.UDP {
		uri += ";transport=" + s.Proto.String()
	}
	return uri
}

func getSocketName(_ *kemi.Ctx, m *route.Message) kemi.Value {
	if m.Target.Socket == nil {
		return kemi.Null
	}
	return text(m.Target.Socket.Name)
}

func getSocketPort(_ *kemi.Ctx, m *route.Message) kemi.Value {
	if m.Target.Socket == nil {
		return kemi.Int(0)
	}
	return kemi.Int(int(m.Target.Socket.Addr.Port()))
}

// setSocket keeps the present socket if there is none of that address, as the incumbent does.
func setSocket(_ *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
	return chooseSocket(c, v, socketOf)
}

func setSocketName(_ *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
	return chooseSocket(c, v, func(s *flow.Socket, name string) bool { return s.Name == name })
}

func chooseSocket(c *kemi.Ctx, v kemi.Value, fits func(*flow.Socket, string) bool) bool {
	if c.Msg == nil || v.Kind() == kemi.KindInt || v.Kind() == kemi.KindStr && v.Text() == "" {
		return false
	}
	if v.IsNull() {
		c.Msg.Target.Socket = nil
		return true
	}
	for _, s := range c.Server.Core.Sockets() {
		if fits(s, v.Text()) {
			c.Msg.Target.Socket = s
			break
		}
	}
	return true
}

// socketOf tells whether a socket is meant by [proto:]address[:port].
func socketOf(s *flow.Socket, text string) bool {
	p, rest := flow.CutProto(text)
	if p != flow.None && p != s.Proto {
		return false
	}
	return rest == s.Host+":"+s.PortText || rest == s.Host && s.Addr.Port() == s.Proto.DefaultPort()
}
