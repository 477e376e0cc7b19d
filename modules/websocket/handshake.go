package websocket

import (
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/web"
	"github.com/moonroute/moonroute/core/ws"
	"github.com/moonroute/moonroute/kemi"
)

const version = "13"

// handle is handle_handshake: 1 once the connection is one of WebSocket, 0 if it was refused.
func (s *state) handle(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if !web.InHand(c.Msg) || s.set == nil {
		c.Misuse("websocket.handle_handshake", "the message in hand is no HTTP request")
		return kemi.Int(-1)
	}
	if s.handshake(c.Msg) {
		return kemi.Int(1)
	}
	return kemi.Int(0)
}

// handshake answers the request that opens a connection (RFC 6455 4.2).
func (s *state) handshake(m *route.Message) bool {
	if s.off.Load() {
		return s.refuse(m, 503, "Service Unavailable", "")
	}
	sub, msrp := s.choose(m)
	given := header(m, "Sec-WebSocket-Version")
	switch {
	case given != "" && given != version:
		return s.refuse(m, 426, "Upgrade Required", versionHeader)
	case given == "" || sub == "" || !wanted(m):
		return s.refuse(m, 400, "Bad Request", subHeader(s.offered())+versionHeader)
	}
	response := web.Response{
		Code: 101, Reason: "Switching Protocols", Upgrade: true,
		Headers: []string{s.corsHeader(m) + subHeader(sub) + "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: " +
			ws.Accept(header(m, "Sec-WebSocket-Key")) + "\r\n"},
	}
	made := &outcome{known: make(chan struct{})}
	err := s.server.Core.UpgradeHTTP(m, response, transport.WebSocket{MSRP: msrp, Events: events{s, msrp, made}})
	if err == nil {
		s.stats.opened(msrp) // before anybody can count its end
	}
	made.set(err == nil)
	if err != nil {
		s.server.Log.Write(log.Warn, "websocket", "handshake: "+err.Error())
		s.stats.failedHandshakes.Add(1)
		return false
	}
	return true
}

// wanted tells whether a request asks for WebSocket at all.
func wanted(m *route.Message) bool {
	return m.MethodName == "GET" && header(m, "Host") != "" && web.ListHas(m, "Upgrade", "websocket") &&
		web.ListHas(m, "Connection", "upgrade") && ws.ValidKey(header(m, "Sec-WebSocket-Key"))
}

func header(m *route.Message, name string) string {
	if h := m.Find(name); h != nil {
		return strings.TrimSpace(h.Value)
	}
	return ""
}

// offered is what may be spoken here, for those who offered something else.
func (s *state) offered() string {
	switch {
	case s.subs&subSIP != 0 && s.servesMSRP():
		return "sip, msrp"
	case s.servesMSRP():
		return "msrp"
	}
	return "sip"
}

func (s *state) servesMSRP() bool { return s.subs&subMSRP != 0 && s.set.ServesMSRP() }

// choose picks the subprotocol: SIP before MSRP; empty if the client offers neither.
func (s *state) choose(m *route.Message) (name string, msrp bool) {
	const offer = "Sec-WebSocket-Protocol"
	switch {
	case s.subs&subSIP != 0 && web.ListHas(m, offer, "sip"):
		return "sip", false
	case s.servesMSRP() && web.ListHas(m, offer, "msrp"):
		return "msrp", true
	}
	return "", false
}

const versionHeader = "Sec-WebSocket-Version: " + version + "\r\n"

func subHeader(list string) string { return "Sec-WebSocket-Protocol: " + list + "\r\n" }

// corsHeader lets pages of other origins read the answer.
func (s *state) corsHeader(m *route.Message) string {
	const name = "Access-Control-Allow-Origin: "
	origin := header(m, "Origin")
	switch {
	case s.cors == 1:
		return name + "*\r\n"
	case s.cors == 2 && origin != "" && !strings.ContainsAny(origin, "\r\n"):
		return name + origin + "\r\n"
	}
	return ""
}

func (s *state) refuse(m *route.Message, code int, reason, headers string) bool {
	s.stats.failedHandshakes.Add(1)
	r := web.Response{Code: code, Reason: reason}
	if headers != "" {
		r.Headers = []string{headers}
	}
	if err := s.server.Core.ReplyHTTP(m, r); err != nil {
		s.server.Log.Write(log.Warn, "websocket", "handshake: "+err.Error())
	}
	return false
}

// handshakes takes the requests on sockets of WebSocket's own.
type handshakes struct{ *state }

// Receive implements transport.Receiver. Nothing here waits, so the reader does it itself.
func (h handshakes) Receive(p transport.Packet, _ transport.Carrier) (relieved bool) {
	m, err := web.Message(p.Data, p.Flow)
	if err != nil {
		h.server.Log.Once("websocket "+p.Flow.Remote.Addr().String(), log.Warn, "websocket", "HTTP from "+p.Flow.Remote.String()+" dropped: "+err.Error())
		return false
	}
	h.handshake(m)
	return false
}
