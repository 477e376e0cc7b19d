package config

import (
	"net/netip"
	"strings"
)

// endpoint is proto:host:port, or proto:(host, host):port.
type endpoint struct {
	proto string
	hosts []string
	port  uint16
	pos   Pos
}

var listenProtos = []string{"udp", "tcp", "tls", "sctp", "ws", "wss"}

// endpoint reads one.
func (p *parser) endpoint() (endpoint, bool) {
	e := endpoint{pos: p.peek(0).pos}
	e.proto = p.protocol()
	var ok bool
	if e.hosts, ok = p.hosts(); !ok {
		return e, false
	}
	e.port, ok = p.optionalPort()
	return e, ok
}

// protocol takes a protocol with its colon; it is empty if there is none, or * for all.
func (p *parser) protocol() string {
	t := p.peek(0)
	if t.is("*") && p.peek(1).is(":") {
		p.take()
		p.take()
		return ""
	}
	if t.kind != tokWord || !p.peek(1).is(":") {
		return ""
	}
	for _, proto := range listenProtos {
		if strings.EqualFold(t.text, proto) {
			p.take()
			p.take()
			return proto
		}
	}
	return ""
}

// hosts reads a host, or a list of them in brackets.
func (p *parser) hosts() ([]string, bool) {
	if !p.accept("(") {
		host, ok := p.checkedHost()
		return []string{host}, ok
	}
	var list []string
	for {
		host, ok := p.checkedHost()
		if !ok {
			return nil, false
		}
		list = append(list, host)
		if p.accept(")") {
			return list, true
		}
		if !p.expect(",", "udp:(127.0.0.1, 192.0.2.1):5060") {
			return nil, false
		}
	}
}

// checkedHost is host that refuses an empty string and one with more in it than a host.
func (p *parser) checkedHost() (string, bool) {
	t := p.peek(0)
	host, ok := p.host()
	if !ok {
		return "", false
	}
	if host == "" {
		return "", p.failf(t, "", "empty host")
	}
	return host, true
}

// host reads a host name, an address, or a string that has one. A name is words with
// points and hyphens, where defined words have been replaced.
func (p *parser) host() (string, bool) {
	t := p.peek(0)
	switch {
	case t.kind == tokString || t.kind == tokIPv6:
		return p.take().text, true
	case t.is("["):
		p.take()
		address := p.take()
		if address.kind != tokIPv6 {
			return "", p.failf(address, "[2001:db8::1]", "IPv6 address expected, not %s", address)
		}
		return address.text, p.expect("]", "")
	case t.is("*"):
		return "", p.failf(t, "* stands for every protocol or the usual port; without listen= every address is listened on", "host expected, not *")
	case t.first && p.r.keywords[t.text]:
		break
	case t.kind == tokWord || t.kind == tokNumber:
		return p.hostName()
	}
	return "", p.failf(t, "udp:127.0.0.1:5060", "address, host name or interface expected, not %s", t)
}

// startsHost tells that a host can begin with the token, other than a string.
func startsHost(t token) bool {
	return t.kind == tokWord || t.kind == tokNumber || t.kind == tokIPv6 || t.is("[")
}

// hostName reads words with points and hyphens between them.
func (p *parser) hostName() (string, bool) {
	first := p.take()
	var b strings.Builder
	b.WriteString(first.text)
	for p.peek(0).tight && (p.peek(0).is(".") || p.peek(0).is("-")) {
		b.WriteString(p.take().text)
		t := p.peek(0)
		if t.kind != tokWord && t.kind != tokNumber || !t.tight {
			return "", p.failf(first, "", "bad host name %q", shorten(b.String()))
		}
		b.WriteString(p.take().text)
	}
	host := b.String()
	if strings.Contains(host, ".") && strings.Trim(host, "0123456789.") == "" {
		if _, err := netip.ParseAddr(host); err != nil {
			return "", p.failf(first, "", "bad IPv4 address %s", shorten(host))
		}
	}
	return host, true
}

// optionalPort reads a colon and a port. 0 and * mean any.
func (p *parser) optionalPort() (uint16, bool) {
	if !p.accept(":") {
		return 0, true
	}
	t := p.peek(0)
	if t.is("*") {
		p.take()
		return 0, true
	}
	if t.kind != tokNumber || t.num > 65535 {
		return 0, p.failf(t, "", "port from 1 to 65535 expected, not %s", t)
	}
	p.take()
	if next := p.peek(0); next.is(".") && next.tight {
		return 0, p.failf(t, "the protocols are "+strings.Join(listenProtos, ", ")+"; WebSocket arrives on tcp and tls too", "address where a port should be: unknown protocol before the colon")
	}
	return uint16(t.num), true
}
