package corex

import (
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var socketFuncs = funcs{
	{Name: "set_send_socket", Args: "address str", Returns: kemi.Code, Doc: "sends the request from a socket, proto:host:port; an unknown one changes nothing",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			sock, ok := s.anySocket(a.Str(0))
			if !ok && a.Str(0) != "" {
				return no
			}
			return s.sendFrom(c, a.Str(0), sock)
		}},
	{Name: "set_send_socket_name", Args: "name str", Returns: kemi.Code, Doc: "sends the request from the socket of a name; an unknown one changes nothing",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.sendFrom(c, a.Str(0), s.named(a.Str(0)))
		}},
	{Name: "set_recv_socket", Args: "address str", Returns: kemi.Code, Doc: "takes another socket for the one that received the message; an unknown one changes nothing",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			sock, ok := s.anySocket(a.Str(0))
			if !ok && a.Str(0) != "" {
				return no
			}
			return s.receivedOn(c, a.Str(0), sock)
		}},
	{Name: "set_recv_socket_name", Args: "name str", Returns: kemi.Code, Doc: "set_recv_socket by the socket's name",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.receivedOn(c, a.Str(0), s.named(a.Str(0)))
		}},
	{Name: "is_socket_name", Args: "name str", Returns: kemi.Code, Doc: "a socket has the name: 1 or -1",
		Call: func(s *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value { return code(s.named(a.Str(0)) != nil) }},
	{Name: "set_source_address", Args: "address str", Returns: kemi.Code, Call: (*state).setSource, Doc: "takes another address, [proto:]ip[:port], for the one that the message came from"},
}

// address is a socket's address in text: [proto:]host[:port].
type address struct {
	proto flow.Proto // None: not given
	name  string     // the protocol as written
	host  string     // IPv6 in brackets
	port  string
}

// parseAddress cuts an address; ok is false for a text that is none.
func parseAddress(text string) (a address, ok bool) {
	var rest string
	if a.proto, rest = flow.CutProto(text); a.proto != flow.None {
		a.name = text[:len(text)-len(rest)-1]
	}
	text = rest
	a.host = text
	if strings.HasPrefix(text, "[") {
		end := strings.IndexByte(text, ']')
		if end < 0 {
			return a, false
		}
		a.host, a.port = text[:end+1], strings.TrimPrefix(text[end+1:], ":")
		return a, a.port == "" && end+1 == len(text) || digits(a.port)
	}
	if host, port, found := strings.Cut(text, ":"); found {
		a.host, a.port = host, port
		if !digits(port) {
			return a, false
		}
	}
	return a, a.host != ""
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == "" && len(s) <= 5
}

// number reads up to five digits, modulo 65536 as the incumbent does.
func number(s string) (n int) {
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n & 0xffff
}

// socket finds our socket of an address; the protocol is UDP and the port 5060 if not given.
func (s *state) socket(text string) *flow.Socket {
	a, ok := parseAddress(text)
	if !ok {
		return nil
	}
	proto, port := a.proto, 5060
	if proto == flow.None {
		proto = flow.UDP
	}
	if a.port != "" {
		port = number(a.port)
	}
	for _, sock := range s.srv.Core.Sockets() {
		if sock.Proto == proto && int(sock.Addr.Port()) == port && sip.EqualFold(sock.Host, a.host) {
			return sock
		}
	}
	return nil
}

func (s *state) named(name string) *flow.Socket {
	for _, sock := range s.srv.Core.Sockets() {
		if name != "" && sock.Name == name {
			return sock
		}
	}
	return nil
}

// anySocket finds our first socket of an address, with any protocol and port that are not given; ok is false for a
// text that is no address.
func (s *state) anySocket(text string) (sock *flow.Socket, ok bool) {
	a, ok := parseAddress(text)
	if !ok {
		return nil, false
	}
	for _, sock := range s.srv.Core.Sockets() {
		if a.fits(sock) {
			return sock, true
		}
	}
	return nil, true
}

func (a *address) fits(sock *flow.Socket) bool {
	if a.proto != flow.None && sock.Proto != a.proto || a.port != "" && int(sock.Addr.Port()) != number(a.port) {
		return false
	}
	return sip.EqualFold(sock.Host, a.host)
}

func (s *state) sendFrom(c *kemi.Ctx, text string, sock *flow.Socket) kemi.Value {
	if sock == nil {
		s.unknown(c, text)
	} else {
		c.Msg.Socket = sock
	}
	return yes
}

func (s *state) receivedOn(c *kemi.Ctx, text string, sock *flow.Socket) kemi.Value {
	if sock == nil {
		s.unknown(c, text)
	} else {
		c.Msg.Flow.Local, c.Msg.Flow.Proto = sock, sock.Proto
	}
	return yes
}

func (s *state) unknown(c *kemi.Ctx, text string) {
	if text != "" && s.srv.Log.Enabled(log.Warn) {
		c.Log(log.Warn, "corex", "no socket is "+text)
	}
}

// setSource takes an IP address, not a name. An address without a port but with a protocol takes the first number of
// the address for the port, which is what the incumbent makes of it.
func (s *state) setSource(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	x, ok := parseAddress(a.Str(0))
	if !ok {
		return no
	}
	ip, err := netip.ParseAddr(strings.Trim(x.host, "[]"))
	if err != nil {
		return no
	}
	port := x.port
	if port == "" && x.proto != flow.None && ip.Is4() {
		port, _, _ = strings.Cut(x.host, ".")
	}
	c.Msg.Flow.Remote = netip.AddrPortFrom(ip, uint16(number(port)))
	return yes
}
