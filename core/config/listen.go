package config

import (
	"net/netip"
	"strings"
)

// Listen is a socket of listen= or socket = {…}.
type Listen struct {
	Proto         string // udp, tcp, tls or sctp; empty for UDP and TCP both
	Host          string // an address, a host name or a network interface; IPv6 without brackets
	Port          uint16 // 0 if the file gives none, see Config.Port
	Name          string // name "x"
	AdvertiseHost string // what peers are told instead of the address; empty if not given
	AdvertisePort uint16 // 0 if not given
	Virtual       bool   // an address that may move away from this machine
	Workers       int    // socket = {workers=N}; 0 if not given
	AsyncGroup    string // socket = {agname="x"}
	VRF           string // socket = {vrf="x"}
	Pos           Pos
}

// Alias is a name or address that the server takes for its own.
type Alias struct {
	Proto string // empty for all
	Host  string
	Port  uint16 // 0 for all
	Pos   Pos
}

// Port is where a socket without a port of its own listens: the parameter
// tls_port_no or 5061 for tls, port or 5060 for the others.
func (c *Config) Port(proto string) uint16 {
	if proto == "tls" {
		return uint16(c.Int("tls_port_no", 5061))
	}
	return uint16(c.Int("port", 5060))
}

// ParseListen reads a socket of the command line (-l): proto:host:port/advertised:port.
func ParseListen(text string) (Listen, error) {
	r := newReader(Options{})
	r.texts["-l"] = text
	r.stack = append(r.stack, newSource("-l", text))
	p := newParser(r, "-l")
	var l Listen
	e, ok := p.endpoint()
	if ok {
		l = Listen{Proto: e.proto, Host: e.hosts[0], Port: e.port, Pos: e.pos}
		if p.accept("/") {
			ok = p.advertise(&l)
		}
	}
	if t := p.peek(0); ok && t.kind != tokEOF {
		p.failf(t, "udp:127.0.0.1:5060", "end expected, not %s", t)
	}
	if len(r.errors) > 0 {
		return Listen{}, r.errors
	}
	return l, nil
}

// listen reads listen = a list of sockets.
func (p *parser) listen(t token) bool {
	if !p.expect("=", "listen=udp:127.0.0.1:5060") {
		return false
	}
	for {
		e, ok := p.endpoint()
		if !ok || !p.checkListen(e) {
			return false
		}
		l := Listen{Proto: e.proto, Port: e.port, Pos: e.pos}
		if !p.listenOptions(&l) {
			return false
		}
		p.addListen(l, e.hosts)
		if more, ok := p.listGoesOn(t); !more {
			return ok
		}
	}
}

// addListen keeps a socket for each host of an endpoint.
func (p *parser) addListen(l Listen, hosts []string) {
	for _, host := range hosts {
		l.Host = host
		p.cfg.Listens = append(p.cfg.Listens, l)
	}
}

// checkListen refuses what could not be listened on.
func (p *parser) checkListen(e endpoint) bool {
	for _, host := range e.hosts {
		if onlyDigits(host, 10) {
			p.r.fail(e.pos, "address, host name or interface expected, not the number "+shorten(host), "listen=udp:127.0.0.1:5060")
			return false
		}
		if _, err := netip.ParseAddr(host); err != nil && strings.Contains(host, ":") {
			p.r.fail(e.pos, "a quoted host has no protocol and no port", "without quotes: listen="+shorten(host))
			return false
		}
	}
	return true
}

// listenOptions reads what can follow a socket. The incumbent wants them in this order, here any goes.
func (p *parser) listenOptions(l *Listen) bool {
	for {
		ok := true
		switch t := p.peek(0); {
		case isAnyOf(t, "advertise", "ADVERTISE"):
			p.take()
			ok = p.advertise(l)
		case isAnyOf(t, "name", "NAME") && !p.peek(1).is("="):
			p.take()
			var name token
			name, ok = p.text(`listen=udp:127.0.0.1:5060 name "public"`)
			l.Name = name.text
		case isAnyOf(t, "virtual", "VIRTUAL"):
			p.take()
			l.Virtual = true
		default:
			return true
		}
		if !ok {
			return false
		}
	}
}

func isAnyOf(t token, a, b string) bool { return t.is(a) || t.is(b) }

// advertise reads the host and port that peers are told.
func (p *parser) advertise(l *Listen) bool {
	t := p.peek(0)
	host, ok := p.host()
	if !ok {
		return false
	}
	if host == "" {
		return p.failf(t, "advertise 203.0.113.9:5060", "empty host to advertise")
	}
	l.AdvertiseHost = host
	l.AdvertisePort, ok = p.optionalPort()
	return ok
}

// alias reads alias = a list of names.
func (p *parser) alias(t token) bool {
	if !p.expect("=", `alias="sip.example.com"`) {
		return false
	}
	for {
		e, ok := p.endpoint()
		if !ok {
			return false
		}
		for _, host := range e.hosts {
			p.cfg.Aliases = append(p.cfg.Aliases, Alias{Proto: e.proto, Host: host, Port: e.port, Pos: e.pos})
		}
		if more, ok := p.listGoesOn(t); !more {
			return ok
		}
	}
}

// listGoesOn tells whether another item of a list follows. The incumbent lets lists go over
// lines; a word that begins a line and a statement of any shape ends the list here.
func (p *parser) listGoesOn(list token) (more, ok bool) {
	t := p.peek(0)
	switch {
	case t.kind == tokWord:
		return !p.r.keywords[t.text] && !p.beginsStatement(t), true
	case t.kind == tokString, startsHost(t), t.is("("), t.is("*"):
		return true, true
	case t.is("="):
		return false, p.failf(t, "end the list of "+list.text+"= with a semicolon", "unexpected =")
	}
	return false, true
}

func (p *parser) beginsStatement(t token) bool {
	if !t.first {
		return false
	}
	next := p.peek(1)
	return !next.first && (next.kind == tokString || next.is("=") || next.is("(") || next.is("{"))
}
