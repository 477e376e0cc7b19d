package transport_test

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	. "github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/ws"
)

const handshake = "GET /sip HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n"

// masked is a frame of a client, with a mask that changes nothing.
func masked(op ws.Op, fin bool, payload string) string {
	b := ws.AppendFrame(nil, op, []byte(payload))
	head := len(b) - len(payload)
	b[1] |= 0x80
	if !fin {
		b[0] &^= 0x80
	}
	return string(b[:head]) + "\x00\x00\x00\x00" + payload
}

// framed is a frame of the server.
func framed(op ws.Op, payload string) string { return string(ws.AppendFrame(nil, op, []byte(payload))) }

// heard are the events of upgraded connections.
type heard struct {
	frames chan string
	closed chan bool
}

func (h heard) Frame(_ flow.ConnID, op ws.Op, in bool) {
	way := "out"
	if in {
		way = "in"
	}
	h.frames <- way + string('0'+rune(op))
}

func (h heard) Closed(_ flow.Flow, local bool) { h.closed <- local }

func listening() heard { return heard{make(chan string, 100), make(chan bool, 100)} }

// upgrader is a Receiver that takes handshakes and keeps the rest.
type upgrader struct {
	inbox
	set  *Set
	kind WebSocket
	errs chan error
}

func (u *upgrader) Receive(p Packet, c Carrier) bool {
	if p.Kind != HTTP {
		return u.inbox.Receive(p, c)
	}
	u.errs <- u.set.Upgrade(p.Flow.Conn, []byte("HTTP/1.1 101\r\n\r\n"), u.kind)
	return false
}

func newUpgrader(kind WebSocket) *upgrader {
	return &upgrader{inbox: make(inbox, 100), kind: kind, errs: make(chan error, 100)}
}

func start(t *testing.T, u *upgrader, o Options, protos ...flow.Proto) []*flow.Socket {
	t.Helper()
	o.Receiver, o.AcceptHTTP = u, true
	o.Limits.MaxBody, o.Limits.MaxHeader = 1000, 1000
	u.set = New(o)
	var sockets []*flow.Socket
	for _, p := range protos {
		sockets = append(sockets, socket(p, 0))
		if err := u.set.Listen(sockets[len(sockets)-1]); err != nil {
			t.Fatal(err)
		}
	}
	u.set.Start()
	t.Cleanup(func() { closeSet(t, u.set) })
	return sockets
}

func TestWebSocketMessages(t *testing.T) {
	h := listening()
	u := newUpgrader(WebSocket{Events: h})
	sockets := start(t, u, Options{}, flow.TCP)
	c := dial(t, RealNet{}, sockets[0])
	// The first message comes with the handshake: the reader has both.
	write(t, c, handshake+masked(ws.Text, true, message))
	expect(t, c, "HTTP/1.1 101\r\n\r\n")
	p := <-u.inbox
	if p.Data != message || p.Flow.Proto != flow.WS || p.Kind != SIP {
		t.Fatalf("%+v", p)
	}
	if err := u.set.Send(p.Flow, []byte("text")); err != nil {
		t.Fatal(err)
	}
	expect(t, c, framed(ws.Text, "text"))
	if err := u.set.Send(p.Flow, []byte("\xff")); err != nil {
		t.Fatal(err)
	}
	expect(t, c, framed(ws.Binary, "\xff"))

	without := strings.Replace(message, "Content-Length: 0\r\n", "", 1) // the message ends with its frames
	write(t, c, masked(ws.Binary, false, without[:9])+masked(ws.Ping, true, "p")+masked(ws.Continuation, true, without[9:]))
	expect(t, c, framed(ws.Pong, "p"))
	if p := <-u.inbox; p.Data != without {
		t.Errorf("%q", p.Data)
	}
	write(t, c, masked(ws.Text, true, "\r\n\r\n"))
	expect(t, c, framed(ws.Text, "\r\n"))
	write(t, c, masked(ws.Close, true, "\x03\xe9bye"))
	expect(t, c, framed(ws.Close, "\x03\xe9"))
	expectClosed(t, c)
	if local := <-h.closed; local {
		t.Error("the client closed")
	}
	var frames []string
	for len(h.frames) > 0 {
		frames = append(frames, <-h.frames)
	}
	if got := strings.Join(frames, " "); got != "in1 out1 out2 in9 out: in2 in1 out1 in8 out8" {
		t.Error(got)
	}
}

// TestWebSocketPeers: what is for WebSocket opens no connection, and what is for TCP does not go over WebSocket.
func TestWebSocketPeers(t *testing.T) {
	u := newUpgrader(WebSocket{})
	sockets := start(t, u, Options{}, flow.TCP)
	c := dial(t, RealNet{}, sockets[0])
	remote := c.LocalAddr().String()
	write(t, c, handshake+masked(ws.Text, true, message))
	expect(t, c, "HTTP/1.1 101\r\n\r\n")
	<-u.inbox // so that the upgrade is over on this side too
	list := u.set.WebSockets()
	if len(list) != 1 || list[0].Flow.Remote.String() != remote || list[0].Flow.Proto != flow.WS {
		t.Fatalf("%+v", list)
	}
	to := flow.Flow{Proto: flow.WS, Remote: list[0].Flow.Remote}
	if got := u.set.LocalSocket(flow.WS, nil, to.Remote); got != sockets[0] {
		t.Errorf("messages leave from %v", got)
	}
	if err := u.set.Send(to, []byte("a")); err != nil {
		t.Fatal(err)
	}
	expect(t, c, framed(ws.Text, "a"))
	to.Proto = flow.TCP
	if err := u.set.SendWith(to, []byte("b"), SendOptions{NoConnect: true}); !errors.Is(err, ErrNoConnection) {
		t.Errorf("TCP to a page: %v", err)
	}
	to.Proto, to.Remote = flow.WS, sockets[0].Addr
	if err := u.set.Send(to, []byte("c")); !errors.Is(err, ErrNoConnection) {
		t.Errorf("WebSocket to nobody: %v", err)
	}
	if err := u.set.Upgrade(list[0].Flow.Conn, nil, WebSocket{}); !errors.Is(err, ErrUpgraded) {
		t.Errorf("a second upgrade: %v", err)
	}
	closeSet(t, u.set)
	expect(t, c, framed(ws.Close, "\x03\xe9"))
	expectClosed(t, c)
}

// TestWebSocketFaults: each ends the connection with its code.
func TestWebSocketFaults(t *testing.T) {
	for _, x := range []struct{ name, send, want string }{
		{"no mask", framed(ws.Text, "a"), framed(ws.Close, "\x03\xeaProtocol error")},
		{"opcode", masked(5, true, "a"), framed(ws.Close, "\x03\xf0Unsupported opcode")},
		{"too big", masked(ws.Text, true, strings.Repeat("x", 2001)), framed(ws.Close, "\x03\xf1Message too big")},
		{"no UTF-8", masked(ws.Text, true, "\xff"), framed(ws.Close, "\x03\xefText is not UTF-8")},
		{"no SIP", masked(ws.Text, true, "hello there"), ""},
		{"MSRP", masked(ws.Text, true, "MSRP abcd SEND\r\n"), ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			h := listening()
			u := newUpgrader(WebSocket{Events: h})
			c := dial(t, RealNet{}, start(t, u, Options{}, flow.TCP)[0])
			write(t, c, handshake)
			expect(t, c, "HTTP/1.1 101\r\n\r\n")
			write(t, c, x.send)
			expect(t, c, x.want)
			expectEnd(t, c)
			<-h.closed
		})
	}
}

// expectEnd is expectClosed for a peer whose last bytes nobody read: the end may be a reset.
func expectEnd(t *testing.T, c interface {
	Read([]byte) (int, error)
	SetReadDeadline(time.Time) error
}) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(time.Minute))
	if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil || strings.Contains(err.Error(), "timeout") {
		t.Fatalf("%d bytes, %v; want the end", n, err)
	}
}

// TestWebSocketClose: this server's Close is answered, or the connection is cut.
func TestWebSocketClose(t *testing.T) {
	h := listening()
	u := newUpgrader(WebSocket{Events: h})
	c := dial(t, RealNet{}, start(t, u, Options{}, flow.TCP)[0])
	write(t, c, handshake)
	expect(t, c, "HTTP/1.1 101\r\n\r\n")
	id := u.set.WebSockets()[0].Flow.Conn
	if err := u.set.SendFrame(id, ws.Ping, []byte("x")); err != nil {
		t.Fatal(err)
	}
	expect(t, c, framed(ws.Ping, "x"))
	if err := u.set.CloseWebSocket(id, 4000, "enough"); err != nil {
		t.Fatal(err)
	}
	expect(t, c, framed(ws.Close, "\x0f\xa0enough"))
	if w, ok := u.set.WebSocketOf(id); !ok || w.Closing.IsZero() {
		t.Errorf("%+v %v", w, ok)
	}
	if err := u.set.CloseWebSocket(id, 4000, ""); !errors.Is(err, ErrNoConnection) {
		t.Errorf("a second Close: %v", err)
	}
	write(t, c, masked(ws.Close, true, "\x0f\xa0"))
	expectClosed(t, c)
	if local := <-h.closed; !local {
		t.Error("this server closed")
	}
	if _, ok := u.set.WebSocketOf(id); ok || u.set.SendFrame(id, ws.Ping, nil) == nil {
		t.Error("the connection is still there")
	}
}

// TestNothingAfterClose: what a peer sends behind its Close is not a message any more (RFC 6455 5.5.1).
func TestNothingAfterClose(t *testing.T) {
	u := newUpgrader(WebSocket{})
	c := dial(t, RealNet{}, start(t, u, Options{}, flow.TCP)[0])
	write(t, c, handshake)
	expect(t, c, "HTTP/1.1 101\r\n\r\n")
	write(t, c, masked(ws.Close, true, "\x03\xe8")+masked(ws.Text, true, message))
	expect(t, c, framed(ws.Close, "\x03\xe8"))
	expectEnd(t, c)
	if n := u.set.Stats.TCPReceived.Load(); n != 1 {
		t.Errorf("%d messages, want the handshake alone", n)
	}
}

// TestSocketOfWebSocket: a listener of its own takes handshakes and nothing else.
func TestSocketOfWebSocket(t *testing.T) {
	u := newUpgrader(WebSocket{})
	sockets := start(t, u, Options{}, flow.WS)
	stranger := dial(t, RealNet{}, sockets[0])
	write(t, stranger, message)
	expectEnd(t, stranger)
	c := dial(t, RealNet{}, sockets[0])
	write(t, c, handshake)
	expect(t, c, "HTTP/1.1 101\r\n\r\n")
	write(t, c, masked(ws.Text, true, message))
	if p := <-u.inbox; p.Flow.Proto != flow.WS || p.Flow.Local != sockets[0] {
		t.Errorf("%+v", p.Flow)
	}
	if got := u.set.LocalSocket(flow.TCP, nil, sockets[0].Addr); got != nil {
		t.Errorf("TCP leaves from %v", got)
	}
}

// lines is a Streams that takes whole lines.
type lines chan string

func (l lines) Serve(in Stream) error {
	for {
		if line, _, ok := strings.Cut(string(in.Bytes()), "\n"); ok {
			in.Discard(len(line) + 1)
			l <- line
			return nil
		}
		if err := in.Fill(); err != nil {
			return err
		}
	}
}

// TestMSRPOverWebSocket: payloads make one stream, whatever frames they come in.
func TestMSRPOverWebSocket(t *testing.T) {
	u, got := newUpgrader(WebSocket{MSRP: true}), make(lines, 10)
	c := dial(t, RealNet{}, start(t, u, Options{Streams: got}, flow.TCP)[0])
	write(t, c, handshake+masked(ws.Text, true, "MSRP one SEND\n"))
	expect(t, c, "HTTP/1.1 101\r\n\r\n")
	write(t, c, masked(ws.Binary, true, "MSRP two ")+masked(ws.Ping, true, "p")+masked(ws.Binary, true, "SEND\nMSRP three SEND\n"))
	for _, want := range []string{"MSRP one SEND", "MSRP two SEND", "MSRP three SEND"} {
		if line := <-got; line != want {
			t.Errorf("%q, want %q", line, want)
		}
	}
	expect(t, c, framed(ws.Pong, "p"))
	id := u.set.WebSockets()[0].Flow
	if err := u.set.SendWait(id, []byte("MSRP one 200 OK"), SendOptions{Exact: true}); err != nil {
		t.Fatal(err)
	}
	expect(t, c, framed(ws.Text, "MSRP one 200 OK"))
}

// TestHTTPFraming: bodies by Content-Length, none without one; other codings are refused.
func TestHTTPFraming(t *testing.T) {
	in := make(inbox, 10)
	_, sockets := server(t, Options{Receiver: in, AcceptHTTP: true}, flow.TCP)
	c := dial(t, RealNet{}, sockets[0])
	get, post := "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"
	write(t, c, get+post+message+get)
	for _, want := range []string{get, post, message, get} {
		if p := <-in; p.Data != want {
			t.Errorf("%q, want %q", p.Data, want)
		}
	}
	write(t, c, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
	expectEnd(t, c)
}

// TestWebSocketOverTLS: wss is an upgraded connection of TLS, on its port or on one of its own.
func TestWebSocketOverTLS(t *testing.T) {
	certs := newCertificates(t, "127.0.0.1")
	for _, p := range []flow.Proto{flow.TLS, flow.WSS} {
		u := newUpgrader(WebSocket{})
		at := start(t, u, Options{Security: certs}, p)
		c := tls.Client(dial(t, RealNet{}, at[0]), certs.client)
		write(t, c, handshake+masked(ws.Text, true, message))
		expect(t, c, "HTTP/1.1 101\r\n\r\n")
		got := <-u.inbox
		if got.Flow.Proto != flow.WSS || got.Data != message {
			t.Fatalf("%v: %+v", p, got)
		}
		if err := u.set.Send(got.Flow, []byte("text")); err != nil {
			t.Fatal(err)
		}
		expect(t, c, framed(ws.Text, "text"))
		write(t, c, masked(ws.Close, true, ""))
		expect(t, c, framed(ws.Close, "\x03\xe8"))
		expectClosed(t, c)
	}
}
