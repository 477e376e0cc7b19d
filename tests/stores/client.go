package stores

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Client is a SIP peer on one UDP socket. Any number of goroutines may ask at the same time.
type Client struct {
	Addr string // host:port of its socket

	// OnRequest answers requests that come in; an empty text answers nothing, and so does nil.
	// It is set before the first request can come.
	OnRequest func(request string) (reply string)

	conn    *net.UDPConn
	name    string // makes Call-IDs its own
	counter atomic.Uint64
	mu      sync.Mutex
	waiting map[string]chan string // by Call-ID
}

// NewClient opens a socket that speaks to a server, host:port.
func NewClient(t testing.TB, server string) *Client {
	t.Helper()
	to, err := net.ResolveUDPAddr("udp", server)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.DialUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: FreePort(t)}, to)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadBuffer(4 << 20) // fewer losses under load, if the system allows it
	c := &Client{Addr: conn.LocalAddr().String(), conn: conn, waiting: map[string]chan string{}}
	c.name = strings.ReplaceAll(c.Addr, ":", "-")
	t.Cleanup(func() { _ = conn.Close() })
	go c.read()
	return c
}

// read ends when the socket is closed. While the server is down its port answers with errors.
func (c *Client) read() {
	buf := make([]byte, 1<<16)
	for {
		n, err := c.conn.Read(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			c.take(string(buf[:n]))
		}
	}
}

func (c *Client) take(text string) {
	if !strings.HasPrefix(text, "SIP/2.0 ") {
		if c.OnRequest != nil {
			if reply := c.OnRequest(text); reply != "" {
				_, _ = c.conn.Write([]byte(reply))
			}
		}
		return
	}
	if strings.HasPrefix(text, "SIP/2.0 1") {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	id := Header(text, "Call-ID")
	if back := c.waiting[id]; back != nil {
		delete(c.waiting, id)
		back <- text
	}
}

// Request makes a request from a user to another (both user@host), with its own Call-ID and
// branch. Each of headers is "Name: value"; a Call-ID or CSeq among them replaces the made one.
func (c *Client) Request(method, from, to, body string, headers ...string) string {
	n := c.counter.Add(1)
	uri := "sip:" + to
	if method == "REGISTER" {
		uri = "sip:" + to[strings.IndexByte(to, '@')+1:]
	}
	b := fmt.Sprintf("%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s-%d\r\nMax-Forwards: 70\r\nFrom: <sip:%s>;tag=%d\r\nTo: <sip:%s>\r\n",
		method, uri, c.Addr, c.name, n, from, n, to)
	all := strings.Join(headers, "\r\n")
	if !strings.Contains(all, "Call-ID: ") {
		b += fmt.Sprintf("Call-ID: %s-%d\r\n", c.name, n)
	}
	if !strings.Contains(all, "CSeq: ") {
		b += "CSeq: 1 " + method + "\r\n"
	}
	if all != "" {
		b += all + "\r\n"
	}
	return b + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

// Ask sends a request and gives its final reply. The error says that none came before ctx ended.
func (c *Client) Ask(ctx context.Context, request string) (string, error) {
	id := Header(request, "Call-ID")
	back := make(chan string, 1)
	c.mu.Lock()
	c.waiting[id] = back
	c.mu.Unlock()
	// A server that is down refuses the datagram: that is no answer either.
	_, _ = c.conn.Write([]byte(request))
	select {
	case reply := <-back:
		return reply, nil
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
		return "", ctx.Err()
	}
}

// Register registers a user (user@host) with a contact and gives the reply.
func (c *Client) Register(ctx context.Context, user, contact string, headers ...string) (string, error) {
	return c.Ask(ctx, c.Request("REGISTER", user, user, "", append(headers, "Contact: "+contact)...))
}

// Reply makes the reply to a request that came in.
func Reply(request string, status int, reason string, headers ...string) string {
	lines := []string{fmt.Sprintf("SIP/2.0 %d %s", status, reason)}
	for line := range strings.SplitSeq(request, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		switch name {
		case "Via", "Record-Route", "From", "Call-ID", "CSeq":
			lines = append(lines, line)
		case "To":
			if !strings.Contains(line, ";tag=") {
				line += ";tag=peer"
			}
			lines = append(lines, line)
		}
	}
	lines = append(lines, headers...)
	return strings.Join(append(lines, "Content-Length: 0"), "\r\n") + "\r\n\r\n"
}

// Status is the number in a reply's first line; 0 if there is no reply.
func Status(reply string) int {
	var code int
	_, _ = fmt.Sscanf(reply, "SIP/2.0 %d ", &code)
	return code
}

// Header is the value of the first header with that name, or empty.
func Header(message, name string) string {
	for line := range strings.SplitSeq(message, "\r\n") {
		if value, ok := strings.CutPrefix(line, name+": "); ok {
			return value
		}
	}
	return ""
}

// cutUser takes the user and the host of a name-addr such as "<sip:user@host>;tag=x".
func cutUser(value string) (user, host string, ok bool) {
	_, rest, _ := strings.Cut(value, "<sip:")
	rest, _, _ = strings.Cut(rest, ">")
	return strings.Cut(rest, "@")
}
