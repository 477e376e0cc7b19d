package websocket

import (
	"context"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/ws"
)

// maxControl is what a Ping has room for.
const maxControl = ws.MaxControl

// The values of keepalive_mechanism.
const (
	keepByPing = 1
	keepByPong = 2
)

// serverName is the value of a Server header, for Pings.
func serverName(header string) string {
	_, name, _ := strings.Cut(header, ":")
	return strings.TrimSpace(name)
}

// keepAlive looks for idle connections, and for those that do not answer a Close.
func (s *state) keepAlive(ctx context.Context) {
	t := time.NewTicker(time.Duration(max(1, s.interval)) * time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		for _, c := range s.set.WebSockets() {
			s.look(c, time.Now())
		}
	}
}

func (s *state) look(c transport.WebSocketInfo, now time.Time) {
	id := c.Flow.Conn
	switch {
	case !c.Closing.IsZero():
		if now.Sub(c.Closing) >= time.Duration(s.closeWait)*time.Second {
			s.set.CloseConnection(id)
		}
	case s.processes == 0, now.Sub(c.LastUse) < time.Duration(s.idle)*time.Second:
	case s.mechanism == keepByPong:
		_ = s.set.SendFrame(id, ws.Pong, nil) // if it cannot be sent, the connection ends by itself
	case s.mechanism == keepByPing && s.owesPong(id):
		s.stats.failed(c.MSRP)
		s.set.CloseConnection(id)
	case s.mechanism == keepByPing:
		if s.set.SendFrame(id, ws.Ping, []byte(s.pingData)) != nil {
			s.ponged(id) // it has ended, and nobody else forgets it any more
		}
	}
}

// owesPong tells whether a client was sent a Ping and has not answered; else it owes one from now on.
func (s *state) owesPong(id flow.ConnID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pinged[id] {
		return true
	}
	s.pinged[id] = true
	return false
}

func (s *state) ponged(id flow.ConnID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pinged, id)
}
