package server

import (
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
)

// Alias is a further name of this server (an alias= line). A zero Port or Proto fits every one.
type Alias struct {
	Host  string
	Port  uint16
	Proto flow.Proto
}

// selfTable answers whether a host is this server. It does not change after the start.
type selfTable struct{ byHost map[string][]Alias }

func (t *selfTable) init(sockets []*flow.Socket, aliases []Alias) {
	t.byHost = map[string][]Alias{}
	for _, s := range sockets {
		t.add(Alias{Host: s.Host, Port: s.Addr.Port(), Proto: s.Proto})
		if s.AdvertiseHost != "" {
			t.add(Alias{Host: s.AdvertiseHost, Port: s.AdvertisePort, Proto: s.Proto})
		}
	}
	for _, a := range aliases {
		t.add(a)
	}
}

func (t *selfTable) add(a Alias) {
	host := strings.ToLower(a.Host)
	t.byHost[host] = append(t.byHost[host], a)
}

// IsMyself tells whether host:port over a protocol is this server. Port 0 and protocol
// None ask for any.
func (s *Server) IsMyself(host string, port uint16, p flow.Proto) bool {
	list, ok := s.self.byHost[host]
	if !ok {
		if list, ok = s.self.byHost[strings.ToLower(host)]; !ok {
			return false
		}
	}
	for _, a := range list {
		if (a.Port == 0 || port == 0 || a.Port == port) && (a.Proto == flow.None || p == flow.None || a.Proto == p) {
			return true
		}
	}
	return false
}

// IsMyIP tells whether the server listens on an address, at any port.
func (s *Server) IsMyIP(a netip.Addr) bool {
	for _, sock := range s.opt.Sockets {
		if sock.Addr.Addr() == a {
			return true
		}
	}
	return false
}

// IsMyAddress tells whether the server listens on an address and port.
func (s *Server) IsMyAddress(a netip.AddrPort, p flow.Proto) bool {
	for _, sock := range s.opt.Sockets {
		if sock.Addr.Addr() == a.Addr() && sock.Addr.Port() == a.Port() && sock.Proto == p {
			return true
		}
	}
	return false
}

// Aliases are the further names of this server.
func (s *Server) Aliases() []Alias { return s.opt.Aliases }
