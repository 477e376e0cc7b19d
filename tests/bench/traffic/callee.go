package traffic

import (
	"bytes"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// again is the time after which a message without an answer is sent once more over UDP (T1).
const again = 500 * time.Millisecond

// Callee answers what the server relays: 180 and 200 for calls, 200 for other requests.
// Of several branches of one call, the contact whose name ends with -0 answers, and the others ring
// until they are cancelled.
type Callee struct {
	address string
	contact string // the Contact line of its replies
	open    closers
	udp     bool

	mu     sync.Mutex
	unseen map[string]*answer // by Call-ID: answers without an ACK yet, over UDP
	order  []*answer          // the same, oldest first
}

type answer struct {
	callID string
	data   []byte
	back   link
	due    time.Time
	left   int
}

// Listen opens a callee at a port of 127.0.0.1, for "udp" or "tcp".
func Listen(transport string, port int) (*Callee, error) {
	at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
	c := &Callee{address: at.String(), udp: transport == "udp", unseen: map[string]*answer{}}
	c.contact = "Contact: <sip:bob@" + c.address + ";transport=" + transport + ">\r\n"
	if c.udp {
		return c, c.listenUDP(at)
	}
	return c, c.listenTCP(at)
}

func (c *Callee) listenUDP(at netip.AddrPort) error {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(at))
	if err != nil {
		return err
	}
	_ = conn.SetReadBuffer(socketBuffer) // what the system allows
	done := make(chan struct{})
	c.open = closers{conn, closeFunc(func() { close(done) })}
	go c.resend(done)
	go readUDP(conn, false, c.receiver())
	return nil
}

type closeFunc func()

func (f closeFunc) Close() error { f(); return nil }

func (c *Callee) listenTCP(at netip.AddrPort) error {
	listener, err := net.ListenTCP("tcp4", net.TCPAddrFromAddrPort(at))
	if err != nil {
		return err
	}
	c.open = closers{listener}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go (&tcpLink{conn: conn}).readTCP(c.receiver())
		}
	}()
	return nil
}

// Close ends the callee. Connections end with the server that made them.
func (c *Callee) Close() error { return c.open.Close() }

// receiver is what one reader runs; its message and its bytes are its own.
func (c *Callee) receiver() receiver {
	var m message
	var out []byte
	return func(_ time.Time, data []byte, back link) {
		if m.read(data) && m.code == 0 {
			out = c.answer(out[:0], &m, back)
		}
	}
}

// answer replies to one request and gives the bytes back that it used.
func (c *Callee) answer(out []byte, m *message, back link) []byte {
	switch string(m.method) {
	case "INVITE":
		return c.invite(out, m, back)
	case "ACK":
		c.seen(m)
		return out
	case "CANCEL":
		out = reply(out, back, m, "200 OK", tagOf(m), "", "")
		count, _, _ := bytes.Cut(m.cseq, []byte(" "))
		m.cseq = append(bytes.Clone(count), " INVITE"...)
		return reply(out[:0], back, m, "487 Request Terminated", tagOf(m), "", "")
	}
	tag := tagOf(m)
	if bytes.Contains(m.to, []byte(";tag=")) {
		tag = ""
	}
	return reply(out, back, m, "200 OK", tag, "", "")
}

func (c *Callee) invite(out []byte, m *message, back link) []byte {
	tag := tagOf(m)
	out = reply(out, back, m, "180 Ringing", tag, c.contact, "")
	if !strings.HasSuffix(tag, "-0") {
		return out
	}
	out = reply(out[:0], back, m, "200 OK", tag, c.contact+"Content-Type: application/sdp\r\n", sessionText)
	if c.udp {
		c.remember(&answer{callID: string(m.callID), data: bytes.Clone(out), back: back, due: time.Now().Add(again), left: 6})
	}
	return out
}

func reply(out []byte, back link, m *message, status, tag, more, body string) []byte {
	out = appendReply(out, m, status, tag, more, body)
	_ = back.send(out) // what is not sent is missed by the caller, who counts
	return out
}

// tagOf is the To tag of a branch: the name in its request URI.
func tagOf(m *message) string {
	_, rest, _ := bytes.Cut(m.uri, []byte(":"))
	name, _, _ := bytes.Cut(rest, []byte("@"))
	return string(name)
}

func (c *Callee) remember(a *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unseen[a.callID] = a
	c.order = append(c.order, a)
}

func (c *Callee) seen(ack *message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.unseen, string(ack.callID))
}

// resend sends the 200 of a call again until its ACK comes (RFC 3261 section 13.3.1.4).
func (c *Callee) resend(done <-chan struct{}) {
	tick := time.NewTicker(again / 10)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case now := <-tick.C:
			for _, a := range c.due(now) {
				_ = a.back.send(a.data)
			}
		}
	}
}

// due takes the answers whose time has come off the list, and puts those without an ACK back at its end.
func (c *Callee) due(now time.Time) []*answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	var late []*answer
	for len(c.order) > 0 && !c.order[0].due.After(now) {
		a := c.order[0]
		c.order = c.order[1:]
		if c.unseen[a.callID] != a {
			continue
		}
		if a.left--; a.left == 0 {
			delete(c.unseen, a.callID)
			continue
		}
		a.due = now.Add(again)
		c.order = append(c.order, a)
		late = append(late, a)
	}
	return late
}
