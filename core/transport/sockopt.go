package transport

import (
	"fmt"
	"net"
	"time"
)

// TCPOptions are what the system is told of stream sockets. The zero value leaves everything to the system, which
// then probes silent peers in its own intervals.
type TCPOptions struct {
	NoProbes    bool          // silent peers are not probed (tcp_keepalive=no)
	Probes      KeepAlive     // when they are (tcp_keepidle, tcp_keepintvl, tcp_keepcnt)
	DelayedAck  bool          // the ACK that opens a connection goes with its first bytes (tcp_delayed_ack)
	DeferAccept time.Duration // a connection is accepted with its first bytes, or after this time (tcp_defer_accept)
	Linger2     time.Duration // for the peer to close its side too (tcp_linger2)
	SynRetries  int           // of opening a connection (tcp_syncnt)
	Backlog     int           // connections that wait to be accepted (tcp_listen_backlog)
	ReusePort   bool          // connections may be opened from a port that is listened on (tcp_reuse_port)
	CloseReset  bool          // a connection ends at once, with what was not sent yet (tcp_close_rst)
}

// UDPOptions are what the system is told of datagram sockets. The zero value leaves everything to the system.
type UDPOptions struct {
	SendBuffer int     // bytes that wait to be sent (maxsndbuffer)
	PathMTU    PathMTU // what becomes of long datagrams (pmtu_discovery)
}

// PathMTU says what becomes of a datagram of IPv4 that is longer than the path to its peer takes.
type PathMTU uint8

// The choices.
const (
	PathMTUSystem PathMTU = iota // as the system has it
	PathMTUCut                   // it may be cut on its way
	PathMTUWhole                 // it must not: what is known to be too long is not sent
)

// use is what a socket is for.
type use uint8

const (
	forDatagrams use = iota
	forListening
	forDialing
)

// socketOption is a number that the system is told of a socket.
type socketOption struct {
	wanted        bool
	name          string // of the parameter, for errors
	level, option int
	value         int
}

// probes are those of TCP's own keep-alive.
func (o *TCPOptions) probes() net.KeepAliveConfig {
	if o.NoProbes {
		return net.KeepAliveConfig{}
	}
	return o.Probes.config()
}

// setOptions sets the wanted ones. An error names the parameter.
func setOptions(fd uintptr, options []socketOption) error {
	for _, o := range options {
		if !o.wanted {
			continue
		}
		if err := setInt(fd, o.level, o.option, o.value); err != nil {
			return fmt.Errorf("transport: %s=%d: %w", o.name, o.value, err)
		}
	}
	return nil
}
