package tls

import (
	"sync/atomic"

	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
)

var statistics = kemi.Stats[state]{
	{Group: "tls", Name: "connections", Doc: "secured connections now", Value: func(s *state) int64 {
		if s.set() == nil {
			return 0
		}
		return s.set().Stats.SecureConns.Load()
	}},
	count("handshakes", func(x *transport.Stats) *atomic.Uint64 { return &x.Handshakes }, "handshakes that were completed, of either side"),
	count("handshake_errors", func(x *transport.Stats) *atomic.Uint64 { return &x.HandshakeErrors }, "connections closed because their handshake failed or took too long"),
	count("plain_text", func(x *transport.Stats) *atomic.Uint64 { return &x.PlainText }, "those of these where plain text came"),
	count("handshake_waits", func(x *transport.Stats) *atomic.Uint64 { return &x.HandshakeWaits }, "times that a handshake waited for others to compute"),
	count("handshakes_refused", func(x *transport.Stats) *atomic.Uint64 { return &x.HandshakesBusy }, "handshakes that failed because their turn to compute did not come in time"),
}

func count(name string, field func(*transport.Stats) *atomic.Uint64, doc string) kemi.Stat[state] {
	return kemi.Stat[state]{Group: "tls", Name: name, Counter: true, Doc: doc, Value: func(s *state) int64 {
		if s.set() == nil {
			return 0
		}
		return int64(field(&s.set().Stats).Load())
	}}
}
