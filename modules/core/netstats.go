package core

import (
	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
)

// tcpStatistics are about all stream connections, those of TLS and WebSocket included.
var tcpStatistics = kemi.Stats[state]{
	stream("con_reset", true, "connections that the peer reset", func(t *transport.Stats) int64 { return int64(t.TCPResets.Load()) }),
	stream("con_timeout", true, "connections closed because they were idle, or a message did not come to its end in time", func(t *transport.Stats) int64 { return int64(t.TCPTimeouts.Load()) }),
	stream("connect_failed", true, "connections that could not be opened", func(t *transport.Stats) int64 { return int64(t.TCPConnectErrors.Load()) }),
	stream("connect_success", true, "connections that were opened from here", func(t *transport.Stats) int64 { return int64(t.TCPConnected.Load()) }),
	stream("current_opened_connections", false, "connections now, those that are being opened included", func(t *transport.Stats) int64 { return t.Conns.Load() }),
	stream("current_write_queue_size", false, "bytes that wait to be sent now", func(t *transport.Stats) int64 { return t.QueuedBytes.Load() }),
	stream("established", true, "connections that were opened, by either side", func(t *transport.Stats) int64 { return int64(t.TCPAccepted.Load() + t.TCPConnected.Load()) }),
	stream("local_reject", true, "connections of peers closed at once because of a limit", func(t *transport.Stats) int64 { return int64(t.TCPRefused.Load()) }),
	stream("passive_open", true, "connections that peers opened", func(t *transport.Stats) int64 { return int64(t.TCPAccepted.Load()) }),
	stream("send_timeout", true, "connections closed because the peer took no bytes for too long", func(t *transport.Stats) int64 { return int64(t.TCPSendTimeouts.Load()) }),
	stream("sendq_full", true, "connections closed because too much waited to be sent", func(t *transport.Stats) int64 { return int64(t.TCPQueueFull.Load()) }),
}

func stream(name string, counter bool, doc string, of func(*transport.Stats) int64) kemi.Stat[state] {
	return kemi.Stat[state]{Group: "tcp", Name: name, Counter: counter, Doc: doc, Value: func(s *state) int64 {
		if set := s.srv.Core.Transports(); set != nil {
			return of(&set.Stats)
		}
		return 0
	}}
}

// dnsStatistics are about the questions that the resolver could not answer by itself.
var dnsStatistics = kemi.Stats[state]{
	question("failed_dns_request", "questions to the DNS that no record came for", func(d *resolve.Stats) uint64 { return d.Failed.Load() }),
	question("slow_dns_request", "questions to the DNS that took dns_slow_query_ms or longer", func(d *resolve.Stats) uint64 { return d.Slow.Load() }),
}

func question(name, doc string, of func(*resolve.Stats) uint64) kemi.Stat[state] {
	return kemi.Stat[state]{Group: "dns", Name: name, Counter: true, Doc: doc, Value: func(s *state) int64 {
		if d, ok := s.srv.Core.Resolver().(*resolve.DNS); ok {
			return int64(of(&d.Stats))
		}
		return 0 // a resolver of the embedding program asks by its own ways
	}}
}
