package inproc

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/msrp"
)

// Stream is a TCP connection to the server, which brings frames of MSRP and any other text.
type Stream struct {
	Addr netip.AddrPort // of this end
	URI  string         // an MSRP URI of this end

	t    testing.TB
	conn net.Conn
	in   []byte
}

// Stream connects to the server.
func (s *Server) Stream() *Stream {
	s.t.Helper()
	conn, err := s.net.DialTCP(context.Background(), netip.AddrPort{}, s.Address(flow.TCP))
	if err != nil {
		s.t.Fatal(err)
	}
	return NewStream(s.t, conn)
}

// NewStream speaks over a connection that there is; it ends with the test.
func NewStream(t testing.TB, conn net.Conn) *Stream {
	t.Cleanup(func() { _ = conn.Close() })
	p := &Stream{t: t, conn: conn, Addr: netip.MustParseAddrPort(conn.LocalAddr().String())}
	p.URI = "msrp://" + p.Addr.String() + "/end;tcp"
	return p
}

// Frame writes a frame: a method or a status, To-Path, and further header lines with plain line ends.
// A body that is empty is none.
func (p *Stream) Frame(id, what, to, headers, body string, flag msrp.Flag) string {
	text := "MSRP " + id + " " + what + "\nTo-Path: " + to + "\nFrom-Path: " + p.URI + "\n" + headers
	text = strings.ReplaceAll(text, "\n", "\r\n")
	if body != "" {
		text += "\r\n" + body + "\r\n"
	}
	return text + "-------" + id + string(flag) + "\r\n"
}

// Send sends a text.
func (p *Stream) Send(text string) {
	p.t.Helper()
	if err := p.Write(text); err != nil {
		p.t.Fatal(err)
	}
}

// Write is Send for goroutines besides that of the test.
func (p *Stream) Write(text string) error {
	_, err := io.WriteString(p.conn, text)
	return err
}

// Ask sends a request without a body and gives what comes next.
func (p *Stream) Ask(id, method, to, headers string) *msrp.Frame {
	p.t.Helper()
	p.Send(p.Frame(id, method, to, headers, "", msrp.Complete))
	return p.Receive()
}

// Receive is the next frame.
func (p *Stream) Receive() *msrp.Frame {
	p.t.Helper()
	f, err := p.Read()
	if err != nil {
		p.t.Fatalf("%v: no frame: %v", p.Addr, err)
	}
	return f
}

// Read is Receive for goroutines besides that of the test.
func (p *Stream) Read() (*msrp.Frame, error) {
	c := &msrp.Cutter{Limits: msrp.Limits{Piece: 1 << 20}}
	c.SetDefaults()
	for {
		f, size, err := c.Cut(p.in)
		if f != nil || err != nil {
			p.in = p.in[size:]
			return f, err
		}
		if err := p.fill(patience); err != nil {
			return nil, err
		}
	}
}

// fill reads what has come.
func (p *Stream) fill(wait time.Duration) error {
	if err := p.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return err
	}
	buf := make([]byte, 16<<10)
	n, err := p.conn.Read(buf)
	p.in = append(p.in, buf[:n]...)
	if n > 0 {
		return nil
	}
	return err
}

// Rest is what comes until the server closes the connection, which it must.
func (p *Stream) Rest() string {
	p.t.Helper()
	for {
		err := p.fill(patience)
		if err == nil {
			continue
		}
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			p.t.Fatalf("%v: the connection is still open", p.Addr)
		}
		return string(p.in)
	}
}

// Silence sees that nothing comes for a while.
func (p *Stream) Silence(d time.Duration) {
	p.t.Helper()
	if len(p.in) == 0 && p.fill(d) != nil {
		return
	}
	p.t.Errorf("%v: got %q", p.Addr, p.in)
}

// Close ends the connection.
func (p *Stream) Close() { _ = p.conn.Close() }

// Auth asks a relay for a session with a user's credentials (RFC 4976 5.1), and gives its answer.
func (p *Stream) Auth(user, password, relay, headers string) *msrp.Frame {
	p.t.Helper()
	f := p.Ask("auth1", "AUTH", relay, headers)
	challenge := f.Header("WWW-Authenticate")
	if f.Code != 401 || challenge == "" {
		p.t.Fatalf("%v: no challenge but\n%s", p.Addr, f.Raw)
	}
	realm, nonce := quoted(challenge, "realm"), quoted(challenge, "nonce")
	uri, _, _ := strings.Cut(relay, ";")
	response := sum(sum(user+":"+realm+":"+password) + ":" + nonce + ":00000001:abc:auth:" + sum("AUTH:"+uri))
	return p.Ask("auth2", "AUTH", relay, fmt.Sprintf("Authorization: Digest username=%q, realm=%q, nonce=%q, uri=%q, response=%q, qop=auth, nc=00000001, cnonce=\"abc\"\n",
		user, realm, nonce, uri, response)+headers)
}

// quoted is a parameter of a challenge.
func quoted(challenge, name string) string {
	_, value, _ := strings.Cut(challenge, name+`="`)
	value, _, _ = strings.Cut(value, `"`)
	return value
}

func sum(s string) string {
	h := md5.Sum([]byte(s))
	return hex.EncodeToString(h[:])
}
