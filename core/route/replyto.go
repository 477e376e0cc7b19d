package route

import (
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
)

// ReplyFlow is where replies to a request go (RFC 3261 18.2.2, RFC 3581 4): over the
// connection that it came on, else to its source address, at the port that it came from if
// the client or the script asked for that, at the sent-by port if not. No transport takes the zero
// Flow of a message with NoReply.
func ReplyFlow(m *Message) flow.Flow {
	if m.NoReply {
		return flow.Flow{}
	}
	f := m.Flow
	via, err := m.TopVia()
	if err != nil || f.Proto.Reliable() {
		return f
	}
	if via.Maddr != "" {
		if addr, err := netip.ParseAddr(via.Maddr); err == nil {
			f.Remote = netip.AddrPortFrom(addr, viaPort(via, f.Proto))
			return f
		}
	}
	if !via.HasRPort && !m.ForceRport {
		f.Remote = netip.AddrPortFrom(f.Remote.Addr(), viaPort(via, f.Proto))
	}
	return f
}

// ViaFlow is where a relayed reply goes, read from the Via that follows ours. ok is false
// if that names a host that is no address: the caller has to look it up.
func ViaFlow(via *sip.Via, local *flow.Socket) (f flow.Flow, ok bool) {
	proto, known := flow.ParseProto(via.Transport)
	if !known {
		return flow.Flow{}, false
	}
	host := via.Host
	if via.Received != "" {
		host = via.Received
	}
	port := viaPort(via, proto)
	if via.RPort != "" {
		if n, err := parsePort(via.RPort); err == nil {
			port = n
		}
	}
	addr, err := netip.ParseAddr(bare(host))
	if err != nil {
		return flow.Flow{Proto: proto}, false
	}
	return flow.Flow{Proto: proto, Local: local, Remote: netip.AddrPortFrom(addr, port)}, true
}

func viaPort(via *sip.Via, p flow.Proto) uint16 {
	if via.PortNum != 0 {
		return via.PortNum
	}
	return p.DefaultPort()
}

func parsePort(s string) (uint16, error) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || n > 65535 {
			return 0, sip.ErrNumber
		}
		n = n*10 + int(s[i]-'0')
	}
	if n == 0 || n > 65535 {
		return 0, sip.ErrNumber
	}
	return uint16(n), nil
}

// bare takes the brackets off an IPv6 reference.
func bare(host string) string {
	if len(host) > 2 && host[0] == '[' {
		return host[1 : len(host)-1]
	}
	return host
}

// sameHost tells whether a host as written is the address.
func sameHost(host string, addr netip.Addr) bool {
	addr = addr.Unmap()
	if addr.Is4() && strings.IndexByte(host, ':') < 0 { // there is one way to write it
		var text [len("255.255.255.255")]byte
		return host == string(addr.AppendTo(text[:0]))
	}
	a, err := netip.ParseAddr(bare(host))
	return err == nil && a.Unmap() == addr
}
