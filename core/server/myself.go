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
type selfTable struct {
	byHost  map[string][]Alias
	domains []Alias // whose subdomains are this server too; the hosts are in lower case
	checks  []SelfCheck
}

// SelfCheck tells of further names of this server. It is called for each name that is not known otherwise, from any
// goroutine, and must not block.
type SelfCheck func(host string, port uint16, p flow.Proto) bool

func (t *selfTable) init(sockets []*flow.Socket, aliases []Alias) {
	t.byHost = map[string][]Alias{}
	for _, s := range sockets {
		t.add(Alias{Host: s.Host, Port: s.Addr.Port(), Proto: s.Proto})
		if s.HostName != "" {
			t.add(Alias{Host: s.HostName, Port: s.Addr.Port(), Proto: s.Proto})
		}
		if s.AdvertiseHost != "" {
			t.add(Alias{Host: s.AdvertiseHost, Port: s.AdvertisePort, Proto: s.Proto})
		}
	}
	for _, a := range aliases {
		t.add(a)
	}
}

func (t *selfTable) add(a Alias) {
	host := strings.ToLower(bare(a.Host))
	t.byHost[host] = append(t.byHost[host], a)
}

// bare is a host without the brackets that an IPv6 address has in a URI.
func bare(host string) string {
	if n := len(host); n > 2 && host[0] == '[' && host[n-1] == ']' {
		return host[1 : n-1]
	}
	return host
}

// IsMyself tells whether host:port over a protocol is this server. Port 0 and protocol
// None ask for any.
func (s *Server) IsMyself(host string, port uint16, p flow.Proto) bool {
	name := bare(host)
	list, ok := s.self.byHost[name]
	if !ok {
		if list, ok = s.self.byHost[strings.ToLower(name)]; !ok {
			return s.self.further(host, port, p)
		}
	}
	for i := range list {
		if list[i].fits(port, p) {
			return true
		}
	}
	return s.self.further(host, port, p)
}

// further looks into what is not in the table.
func (t *selfTable) further(host string, port uint16, p flow.Proto) bool {
	if t.inDomain(host, port, p) {
		return true
	}
	for _, is := range t.checks {
		if is(host, port, p) {
			return true
		}
	}
	return false
}

func (a *Alias) fits(port uint16, p flow.Proto) bool {
	return (a.Port == 0 || port == 0 || a.Port == port) && (a.Proto == flow.None || p == flow.None || a.Proto.Carries(p))
}

// inDomain tells whether a host is one of the domains or below one.
func (t *selfTable) inDomain(host string, port uint16, p flow.Proto) bool {
	for i := range t.domains {
		d := &t.domains[i]
		if !d.fits(port, p) || len(host) < len(d.Host) {
			continue
		}
		at := len(host) - len(d.Host)
		if strings.EqualFold(host[at:], d.Host) && (at == 0 || host[at-1] == '.') {
			return true
		}
	}
	return false
}

// AddDomain makes a domain and all names below it names of this server; only before Start.
func (s *Server) AddDomain(a Alias) {
	a.Host = strings.ToLower(a.Host)
	s.self.domains = append(s.self.domains, a)
}

// AddSelfCheck makes names of this server of what a function says; only before Start.
func (s *Server) AddSelfCheck(is SelfCheck) { s.self.checks = append(s.self.checks, is) }

// HasSelfChecks tells whether names of this server are found by more than its table: by such a function or a domain.
func (s *Server) HasSelfChecks() bool { return len(s.self.checks)+len(s.self.domains) > 0 }

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
