package inproc

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"github.com/moonroute/moonroute/core/flow"
)

// WebSocket is a client of WebSocket, which sends and receives whole messages as texts.
type WebSocket struct {
	Addr     netip.AddrPort // of this end
	Response *http.Response // the answer to the handshake; its body is read

	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

// Handshake is a request for WebSocket with the key of RFC 6455 1.3. Further headers are lines
// "Name: value"; one of a name that is there already takes its place, with an empty value it is left out.
func Handshake(path, subprotocol string, headers ...string) string {
	lines := []string{
		"Host: server.example", "Upgrade: websocket", "Connection: keep-alive, Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
		"Origin: http://page.example", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: " + subprotocol,
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		kept := lines[:0]
		for _, line := range lines {
			if !strings.HasPrefix(line, name+":") {
				kept = append(kept, line)
			}
		}
		if lines = kept; strings.TrimSpace(value) != "" {
			lines = append(lines, h)
		}
	}
	return "GET " + path + " HTTP/1.1\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// WebSocket connects to the server's first socket of a protocol and shakes hands there, for SIP.
func (s *Server) WebSocket(p flow.Proto, path string) *WebSocket {
	s.t.Helper()
	w := s.Upgrade(p, Handshake(path, "sip"))
	if w.Response.StatusCode != http.StatusSwitchingProtocols {
		s.t.Fatalf("the handshake was answered with %s", w.Response.Status)
	}
	return w
}

// Upgrade sends a handshake as it is.
func (s *Server) Upgrade(p flow.Proto, request string) *WebSocket {
	s.t.Helper()
	conn, err := s.net.DialTCP(context.Background(), netip.AddrPort{}, s.Address(p))
	if err != nil {
		s.t.Fatal(err)
	}
	return NewWebSocket(s.t, conn, request)
}

// NewWebSocket shakes hands over a connection that there is; it ends with the test.
func NewWebSocket(t testing.TB, conn net.Conn, request string) *WebSocket {
	t.Helper()
	t.Cleanup(func() { _ = conn.Close() })
	w := &WebSocket{t: t, conn: conn, in: bufio.NewReader(conn), Addr: netip.MustParseAddrPort(conn.LocalAddr().String())}
	w.SendBytes([]byte(request))
	var err error
	if w.Response, err = http.ReadResponse(w.in, nil); err != nil { //nolint:bodyclose // read below, or none
		t.Fatalf("no answer to the handshake: %v", err)
	}
	if w.Response.StatusCode != http.StatusSwitchingProtocols {
		_, _ = io.ReadAll(w.Response.Body)
	}
	return w
}

// SendBytes writes bytes as they are.
func (w *WebSocket) SendBytes(b []byte) {
	w.t.Helper()
	if _, err := w.conn.Write(b); err != nil {
		w.t.Fatal(err)
	}
}

// Send sends a message.
func (w *WebSocket) Send(text string) { w.SendFrame(ws.NewTextFrame([]byte(text))) }

// SendFrame sends a frame with a mask.
func (w *WebSocket) SendFrame(f ws.Frame) {
	w.t.Helper()
	w.SendBytes(ws.MustCompileFrame(ws.MaskFrameInPlace(f)))
}

// Frame is the next frame from the server.
func (w *WebSocket) Frame() ws.Frame {
	w.t.Helper()
	_ = w.conn.SetReadDeadline(time.Now().Add(patience))
	f, err := ws.ReadFrame(w.in) //nolint:staticcheck // the server under test is trusted
	if err != nil {
		w.t.Fatalf("%v: no frame: %v", w.Addr, err)
	}
	if f.Header.Masked {
		w.t.Fatalf("%v: a server must not mask", w.Addr)
	}
	return f
}

// Receive is the next message from the server.
func (w *WebSocket) Receive() string {
	w.t.Helper()
	f := w.Frame()
	if f.Header.OpCode != ws.OpText && f.Header.OpCode != ws.OpBinary {
		w.t.Fatalf("%v: a frame of kind %d instead of a message: %q", w.Addr, f.Header.OpCode, f.Payload)
	}
	return string(f.Payload)
}

// Expect is the next message, whose start line must contain text.
func (w *WebSocket) Expect(text string) string {
	w.t.Helper()
	m := w.Receive()
	if line := StartLine(m); !strings.Contains(line, text) {
		w.t.Fatalf("%v: %q came, want %q\n%s", w.Addr, line, text, m)
	}
	return m
}

// ExpectClose reads up to the Close and gives its code and reason; then the server must hang up.
func (w *WebSocket) ExpectClose() (code int, reason string) {
	w.t.Helper()
	for {
		f := w.Frame()
		if f.Header.OpCode != ws.OpClose {
			continue
		}
		c, reason := ws.ParseCloseFrameData(f.Payload)
		return int(c), reason
	}
}

// ExpectEnd waits until the server has hung up.
func (w *WebSocket) ExpectEnd() {
	w.t.Helper()
	_ = w.conn.SetReadDeadline(time.Now().Add(patience))
	if rest, err := io.ReadAll(w.in); err != nil && !strings.Contains(err.Error(), "reset") {
		w.t.Fatalf("%v: the server has not hung up: %v, after %q", w.Addr, err, rest)
	}
}

// HangUp closes the connection without a word.
func (w *WebSocket) HangUp() { _ = w.conn.Close() }

// Via is the header that a page sends: it does not know its address.
func (w *WebSocket) Via(branch string) string {
	return fmt.Sprintf("Via: SIP/2.0/WS page.invalid;branch=z9hG4bK%s", branch)
}
