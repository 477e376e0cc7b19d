// Package flow names where a message came from and where it goes: the transport
// protocol, the local socket and the remote address.
//
// It is the small vocabulary that the rooms above the network share, so that the
// transaction layer and the script never import the transports themselves.
package flow

import (
	"net/netip"
	"strconv"
	"strings"
)

// Proto is a transport protocol as a Via header names it.
type Proto uint8

// The protocols. The numbers are the ones that scripts see in $protoid.
const (
	None Proto = iota
	UDP
	TCP
	TLS
	SCTP
	WS
	WSS
)

var protoNames = [...]string{"none", "udp", "tcp", "tls", "sctp", "ws", "wss"}

// String is the protocol's name in lower case, as transport= parameters write it.
func (p Proto) String() string {
	if int(p) < len(protoNames) {
		return protoNames[p]
	}
	return "none"
}

var protoUpper = [...]string{"NONE", "UDP", "TCP", "TLS", "SCTP", "WS", "WSS"}

// Upper is the protocol's name in capitals, as Via headers write it.
func (p Proto) Upper() string {
	if int(p) < len(protoUpper) {
		return protoUpper[p]
	}
	return "NONE"
}

// Reliable tells that the transport itself repeats what is lost, so that
// transactions need no retransmission timers (RFC 3261 17.1.1.2).
func (p Proto) Reliable() bool { return p != UDP && p != None }

// Secure tells that bytes are encrypted on the way: TLS and WebSocket over TLS.
func (p Proto) Secure() bool { return p == TLS || p == WSS }

// DefaultPort is 5061 for the secured transports and 5060 for the others (RFC 3261 18.1.1),
// 80 and 443 for WebSocket.
func (p Proto) DefaultPort() uint16 {
	switch p {
	case TLS:
		return 5061
	case WS:
		return 80
	case WSS:
		return 443
	}
	return 5060
}

// ParseProto reads a protocol name in any case; ok is false for an unknown one.
func ParseProto(name string) (p Proto, ok bool) {
	if name == "" { // most URIs name none
		return None, false
	}
	for i := 1; i < len(protoNames); i++ {
		if strings.EqualFold(name, protoNames[i]) {
			return Proto(i), true
		}
	}
	return None, false
}

// Socket is one local address that the server listens on (a listen= line).
// It is made at start and never changes, so everybody may keep a pointer to it.
type Socket struct {
	Proto         Proto
	Addr          netip.AddrPort
	Host          string // the address as text, as it is written into Via and Record-Route
	PortText      string
	Name          string // listen=… name "x"; empty if it has none
	HostName      string // the host name whose address it is; empty if the address or an interface was named
	AdvertiseHost string // listen=… advertise host:port; empty if it has none
	AdvertisePort uint16 // 0 if not given
	Virtual       bool   // listen=… virtual: the address may move to this machine later
	Device        string // socket={vrf=…}: the VRF or interface that it is bound to; empty: none
	index         int    // place in the list of sockets
}

// NewSocket fills the derived fields. Index is the socket's place in the server's list.
func NewSocket(p Proto, addr netip.AddrPort, index int) *Socket {
	host := addr.Addr().Unmap().WithZone("").String() // peers have names of their own for a link
	if addr.Addr().Unmap().Is6() {
		host = "[" + host + "]"
	}
	return &Socket{Proto: p, Addr: addr, Host: host, PortText: strconv.Itoa(int(addr.Port())), index: index}
}

// Index is the socket's place in the server's list of sockets.
func (s *Socket) Index() int { return s.index }

// SentBy is the host and port that peers are told: the advertised ones, or the socket's own.
func (s *Socket) SentBy() (host, port string) {
	host, port = s.Host, s.PortText
	if s.AdvertiseHost != "" {
		host = s.AdvertiseHost
		if s.AdvertisePort != 0 {
			port = strconv.Itoa(int(s.AdvertisePort))
		}
	}
	return host, port
}

// String is proto:host:port, as $RAut and core.sockets_list write it.
func (s *Socket) String() string {
	if s == nil {
		return ""
	}
	return s.Proto.String() + ":" + s.Host + ":" + s.PortText
}

// ConnID names a stream connection for as long as the server lives; 0 is none.
type ConnID uint64

// Flow is a two-way path to a peer. For a datagram transport Conn is 0.
type Flow struct {
	Proto  Proto
	Conn   ConnID         // an existing connection to use; 0: find or make one
	Local  *Socket        // the socket that received, or that should send; nil: let transport choose
	Remote netip.AddrPort // the peer
	Peer   *Peer          // who that should be, for a secured connection to be made; nil: not known
}

// Peer is what is known, besides its address, of a peer that a secured connection is made to.
type Peer struct {
	Host       string // the domain that the address was found for; empty for a literal address
	ServerName string // what the script asks for by name (SNI); empty: nothing
	ServerID   string // which profile the script asks for; empty: none
}
