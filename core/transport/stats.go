package transport

import (
	"errors"
	"sync/atomic"
	"syscall"
)

// Stats counts what transports did. Anybody may read the fields at any time.
type Stats struct {
	UDPReceived   atomic.Uint64 // messages that were handed to the Receiver
	UDPSent       atomic.Uint64
	UDPReadErrors atomic.Uint64
	UDPSendErrors atomic.Uint64
	KeepAlives    atomic.Uint64 // datagrams too short to be a message, and CRLF pings on streams
	STUN          atomic.Uint64 // datagrams that look like STUN; dropped

	TCPReceived      atomic.Uint64 // messages that were handed to the Receiver
	TCPSent          atomic.Uint64 // messages written or queued
	TCPSendErrors    atomic.Uint64 // messages that failed, at once or later
	TCPAccepted      atomic.Uint64
	TCPRefused       atomic.Uint64 // connections closed at once for a limit
	TCPConnected     atomic.Uint64
	TCPConnectErrors atomic.Uint64
	TCPBad           atomic.Uint64 // connections closed because their bytes are no messages
	TCPResets        atomic.Uint64 // connections that the peer reset
	TCPTimeouts      atomic.Uint64 // connections closed because they were idle or too slow
	TCPSendTimeouts  atomic.Uint64 // connections closed because the peer took no bytes for too long
	TCPQueueFull     atomic.Uint64 // connections closed because their send queue was full
	HTTPDropped      atomic.Uint64 // HTTP messages while they are not accepted

	Handshakes      atomic.Uint64 // TLS handshakes that were completed, of either side
	HandshakeErrors atomic.Uint64 // connections closed because their handshake failed or took too long
	PlainText       atomic.Uint64 // those of these where plain text came
	HandshakeWaits  atomic.Uint64 // handshakes that had to wait for their turn
	HandshakesBusy  atomic.Uint64 // connections closed because their turn did not come; they are among HandshakeErrors

	Conns       atomic.Int64 // connections now, those being opened included
	SecureConns atomic.Int64 // the secured ones of these
	QueuedBytes atomic.Int64 // bytes that wait to be sent on streams now
}

// countEnd counts a connection that ends for a reason that is counted apart.
func (s *Stats) countEnd(why error) {
	switch {
	case why == errSlowPeer:
		s.TCPSendTimeouts.Add(1)
	case errors.Is(why, syscall.ECONNRESET), errors.Is(why, syscall.EPIPE):
		s.TCPResets.Add(1)
	}
}
