package kemi

import (
	"math"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

// network is what the embedding program gives, or the machine's. Virtual sockets have addresses that may come later.
func network(o *Options, sockets []*flow.Socket) transport.Net {
	if o.Net != nil {
		return o.Net
	}
	cfg := o.Config
	free := cfg.Bool("ip_free_bind", false) || slices.ContainsFunc(sockets, func(s *flow.Socket) bool { return s.Virtual })
	return transport.RealNet{
		FreeBind: free, TOS: typeOfService(cfg), Devices: devices(sockets),
		TCP: tcpOptions(cfg), UDP: udpOptions(cfg), Multicast: multicastOptions(cfg),
	}
}

// devices are what the sockets with an address are bound to, by that address.
func devices(sockets []*flow.Socket) map[netip.Addr]string {
	byAddr := map[netip.Addr]string{}
	for _, s := range sockets {
		if s.Device != "" {
			byAddr[s.Addr.Addr()] = s.Device
		}
	}
	return byAddr
}

// multicastOptions are the parameters that the system is told of groups.
func multicastOptions(cfg *config.Config) transport.MulticastOptions {
	ttl := int(cfg.Int("mcast_ttl", -1))
	return transport.MulticastOptions{
		Interface: advertised(cfg, "mcast"), Loopback: cfg.Bool("mcast_loopback", false), SetTTL: ttl >= 0, TTL: max(ttl, 0),
	}
}

// tcpOptions are the parameters that the system is told of stream sockets.
func tcpOptions(cfg *config.Config) transport.TCPOptions {
	return transport.TCPOptions{
		NoProbes: !cfg.Bool("tcp_keepalive", true),
		Probes: transport.KeepAlive{
			Idle: seconds(cfg.Int("tcp_keepidle", 0)), Interval: seconds(cfg.Int("tcp_keepintvl", 0)), Count: int(cfg.Int("tcp_keepcnt", 0)),
		},
		DelayedAck:  cfg.Bool("tcp_delayed_ack", true),
		DeferAccept: seconds(cfg.Int("tcp_defer_accept", 0)),
		Linger2:     seconds(cfg.Int("tcp_linger2", 0)),
		SynRetries:  int(cfg.Int("tcp_syncnt", 0)),
		Backlog:     int(cfg.Int("tcp_listen_backlog", 0)),
		ReusePort:   cfg.Bool("tcp_reuse_port", false),
		CloseReset:  cfg.Bool("tcp_close_rst", false),
	}
}

// udpOptions are the parameters that the system is told of datagram sockets. As with the incumbent long datagrams
// may be cut on their way unless pmtu_discovery is set.
func udpOptions(cfg *config.Config) transport.UDPOptions {
	o := transport.UDPOptions{SendBuffer: int(cfg.Int("maxsndbuffer", 0)), PathMTU: transport.PathMTUCut}
	if cfg.Bool("pmtu_discovery", false) {
		o.PathMTU = transport.PathMTUWhole
	}
	return o
}

// The words for a type of service (RFC 1349), and what is sent if there is no tos line.
var tosWords = map[string]int{
	"IPTOS_LOWDELAY": 0x10, "IPTOS_THROUGHPUT": 0x08, "IPTOS_RELIABILITY": 0x04, "IPTOS_MINCOST": 0x02,
}

const lowDelay = 0x10

// typeOfService reads tos: a number, or one of the words.
func typeOfService(cfg *config.Config) int {
	if n, ok := parseTOS(advertised(cfg, "tos")); ok {
		return n
	}
	return lowDelay
}

func parseTOS(text string) (n int, ok bool) {
	if n, ok = tosWords[text]; ok {
		return n, true
	}
	x, err := strconv.ParseUint(text, 0, 8)
	return int(x), err == nil
}

// checkNetwork finds values that mean nothing.
func checkNetwork(cfg *config.Config) error {
	var problems config.Errors
	if line, set := cfg.Lookup("tos"); set {
		if _, ok := parseTOS(line.Value.String()); !ok {
			problems = append(problems, cfg.Diagnostic(line.ValuePos, "tos: "+line.Value.String()+" is no type of service",
				"a number up to 255, or IPTOS_LOWDELAY, IPTOS_THROUGHPUT, IPTOS_RELIABILITY or IPTOS_MINCOST"))
		}
	}
	if line, set := cfg.Lookup("mcast"); set {
		if _, err := net.InterfaceByName(line.Value.String()); err != nil {
			problems = append(problems, cfg.Diagnostic(line.ValuePos, "mcast: this machine has no interface "+line.Value.String(), "a name that ip link shows"))
		}
	}
	if line, set := cfg.Lookup("mcast_ttl"); set && (line.Value.Int < -1 || line.Value.Int > 255) {
		problems = append(problems, cfg.Diagnostic(line.ValuePos, "mcast_ttl: "+line.Value.String()+" is no number of hops", "0 to 255, or -1 for the system's"))
	}
	for name, fits := range map[string]func(netip.Addr) bool{"tcp_source_ipv4": netip.Addr.Is4, "tcp_source_ipv6": netip.Addr.Is6} {
		line, set := cfg.Lookup(name)
		if addr := source(cfg, name); set && !fits(addr) {
			problems = append(problems, cfg.Diagnostic(line.ValuePos, name+": "+line.Value.String()+" is no such address", "an address of this machine"))
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

func transportOptions(cfg *config.Config, n transport.Net, sec transport.Security) transport.Options {
	return transport.Options{
		Net: n, Security: sec,
		AcceptNoCL: cfg.Bool("tcp_accept_no_cl", false), AcceptProxied: cfg.Bool("tcp_accept_haproxy", false),
		NoPong:    !cfg.Bool("tcp_crlf_ping", true),
		NoConnect: cfg.Bool("tcp_no_connect", false), MatchSocket: cfg.Bool("tcp_connection_match", false), SharePort: cfg.Bool("tcp_reuse_port", false),
		Source4: source(cfg, "tcp_source_ipv4"), Source6: source(cfg, "tcp_source_ipv6"),
		UDPBuffer: int(cfg.Int("maxbuffer", 0)),
		Limits: transport.Limits{
			MaxConns:    int(cfg.Int("tcp_max_connections", 0)),
			MaxSecure:   int(cfg.Int("tls_max_connections", 0)),
			MaxBody:     max(int(cfg.Int("tcp_rd_buf_size", 0)), leastBody),
			Handshake:   seconds(cfg.Int("tls_handshake_timeout", 0)),
			MaxPerPeer:  unboundedAtZero(cfg, "tcp_accept_iplimit"),
			Lifetime:    forEverBelowZero(cfg, "tcp_connection_lifetime"),
			Connect:     forEverBelowZero(cfg, "tcp_connect_timeout"),
			Send:        forEverBelowZero(cfg, "tcp_send_timeout"),
			MessageRead: seconds(cfg.Int("tcp_msg_read_timeout", 0)),
			ConnQueue:   int(cfg.Int("tcp_conn_wq_max", 0)),
			TotalQueue:  int(cfg.Int("tcp_wq_max", 0)),
		},
	}
}

// leastBody is the largest body of a stream message if tcp_rd_buf_size asks for less: a buffer is as large as its message
// here, so that a small one saves nothing.
const leastBody = 256 << 10

// source is the address of connections that are opened; zero if none is set.
func source(cfg *config.Config, name string) netip.Addr {
	addr, _ := netip.ParseAddr(advertised(cfg, name))
	return addr
}

// unboundedAtZero is a limit that 0 lifts; 0 if it is not set, which is the default.
func unboundedAtZero(cfg *config.Config, name string) int {
	n := int(cfg.Int(name, -1))
	switch {
	case n < 0:
		return 0
	case n == 0:
		return math.MaxInt
	}
	return n
}

// forEver is as good as no limit of a time.
const forEver = 10 * 365 * 24 * time.Hour

// forEverBelowZero is a time that -1 lifts; 0 if it is not set, which is the default.
func forEverBelowZero(cfg *config.Config, name string) time.Duration {
	n := cfg.Int(name, 0)
	if n < 0 {
		return forEver
	}
	return seconds(n)
}
