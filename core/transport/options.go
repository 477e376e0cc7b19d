package transport

import (
	"net/netip"
	"runtime"
	"time"

	"github.com/rs/zerolog"
)

// Options is what New needs. Only Receiver is required.
type Options struct {
	Net      Net      // where sockets come from; RealNet{} if nil
	Receiver Receiver // takes what arrives
	Streams  Streams  // takes frames of MSRP; nil: a connection that brings one is closed
	Security Security // certificates of secured connections; nil: there are none
	Log      zerolog.Logger
	Limits   Limits

	UDPReaders int // sockets and readers per UDP address; 0: one per core
	UDPBuffer  int // receive buffer asked of the system, in bytes; 0: 4 MiB. Less is taken if it is refused

	NoConnect        bool       // never open a connection (tcp_no_connect)
	MatchSocket      bool       // use connections of the message's own socket only (tcp_connection_match)
	SharePort        bool       // open connections from the port of their socket; Net must allow that (tcp_reuse_port)
	Source4, Source6 netip.Addr // open connections from this address instead (tcp_source_ipv4, tcp_source_ipv6); may be zero

	NoPong     bool // do not answer CRLFCRLF on streams (tcp_crlf_ping=no)
	AcceptNoCL bool // a stream message without Content-Length has no body (tcp_accept_no_cl)
	// AcceptProxied takes connections from load balancers only, which say first whom each one is from, in the
	// PROXY protocol (tcp_accept_haproxy).
	AcceptProxied bool
	AcceptHTTP    bool // deliver HTTP messages, with Kind set; otherwise they are dropped
}

// Limits bounds what peers can make the server hold. A zero field takes its default, which is
// the incumbent's where it has the parameter.
type Limits struct {
	MaxConns     int           // connections in all (tcp_max_connections); 2048
	MaxSecure    int           // secured connections, out of these (tls_max_connections); 2048
	MaxPerPeer   int           // accepted connections per IP address (tcp_accept_iplimit); 1024
	MaxHeader    int           // bytes of a stream message up to its empty line; 64 KiB
	MaxBody      int           // bytes of a stream message's body; 256 KiB
	ConnQueue    int           // bytes waiting to be sent on one connection (tcp_conn_wq_max); 256 KiB
	TotalQueue   int           // bytes waiting on all connections (tcp_wq_max); 10 MiB
	Lifetime     time.Duration // of a connection without traffic (tcp_connection_lifetime); 120 s
	Connect      time.Duration // to open a connection (tcp_connect_timeout); 10 s
	Handshake    time.Duration // for the steps between accept or connect and the first message (tls_handshake_timeout); 10 s
	Handshakes   int           // of TLS that peers began and that compute at a time; half of the cores
	Send         time.Duration // for queued bytes to go out (tcp_send_timeout); 10 s
	MessageRead  time.Duration // for a message to arrive whole, from its first byte (tcp_msg_read_timeout); 20 s
	MaxAliases   int           // ports that a connection may answer for besides its own; 12
	AcceptErrors time.Duration // longest pause of an accept loop that fails; 1 s
}

func (o *Options) setDefaults() {
	if o.Net == nil {
		o.Net = RealNet{}
	}
	orDefault(&o.UDPReaders, runtime.GOMAXPROCS(0))
	orDefault(&o.UDPBuffer, 4<<20)
	o.Limits.setDefaults()
}

func (l *Limits) setDefaults() {
	orDefault(&l.MaxConns, 2048)
	orDefault(&l.MaxSecure, 2048)
	orDefault(&l.MaxPerPeer, 1024)
	orDefault(&l.Handshakes, defaultHandshakes())
	orDefault(&l.MaxHeader, 64<<10)
	orDefault(&l.MaxBody, 256<<10)
	orDefault(&l.ConnQueue, 256<<10)
	orDefault(&l.TotalQueue, 10<<20)
	orDefault(&l.Lifetime, 120*time.Second)
	orDefault(&l.Connect, 10*time.Second)
	orDefault(&l.Handshake, 10*time.Second)
	orDefault(&l.Send, 10*time.Second)
	orDefault(&l.MessageRead, 20*time.Second)
	orDefault(&l.MaxAliases, 12)
	orDefault(&l.AcceptErrors, time.Second)
}

func orDefault[T int | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}
