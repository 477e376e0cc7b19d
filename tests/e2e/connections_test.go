//go:build e2e && linux

package e2e

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/transport/tlstest"
)

const connectionsConfig = `debug=0
enable_tls=yes
listen=udp:%[1]s
listen=tcp:%[1]s
listen=tls:%[2]s
tcp_max_connections=20000
tls_max_connections=20000
tcp_accept_iplimit=0
tcp_connection_lifetime=600
tcp_msg_read_timeout=5
loadmodule "tls.so"
loadmodule "sl.so"
loadmodule "app_lua.so"
modparam("tls", "certificate", "%[3]s/server.pem")
modparam("tls", "private_key", "%[3]s/server.key")
modparam("app_lua", "load", "%[3]s/s.lua")
cfgengine "lua"
`

// alone is how long others are watched before anything happens: what they wait then is the machine's own.
const alone = time.Second

// crowd is a server to which many connections are opened.
type crowd struct {
	*server
	t      *testing.T
	secure string // the address of its TLS socket
	trust  *tls.Config
	open   []net.Conn
}

func startCrowd(t *testing.T, command []string) *crowd {
	t.Helper()
	s := &server{dir: t.TempDir(), addr: "127.0.0.1:" + strconv.Itoa(freePort(t))}
	c := &crowd{server: s, t: t, secure: "127.0.0.1:" + strconv.Itoa(freePort(t))}
	ca := tlstest.NewAuthority(t, "Test Authority")
	ca.Issue(nil, "127.0.0.1").Write(t, s.dir, "server")
	c.trust = &tls.Config{RootCAs: ca.Pool(), ServerName: "127.0.0.1"}
	write(t, s.dir+"/s.lua", "function ksr_request_route()\n\tKSR.sl.sl_send_reply(200, \"OK\")\nend\n")
	config := filepath.Join(s.dir, "k.cfg")
	write(t, config, fmt.Sprintf(connectionsConfig, s.addr, c.secure, s.dir))
	s.process = spawn(t, s.dir, command[0], append(slices.Clone(command[1:]), "-f", config, "-DD", "-E")...)
	eventually(t, "the server listens", func() bool { return s.listens(t) })
	t.Cleanup(c.close)
	return c
}

// fill opens connections, some at a time.
func (c *crowd) fill(n int, dial func() (net.Conn, error)) {
	c.t.Helper()
	var mu sync.Mutex
	var group sync.WaitGroup
	const atOnce = 8
	for range atOnce {
		group.Go(func() {
			for range n / atOnce {
				conn, err := dial()
				if err != nil {
					c.t.Error(err)
					return
				}
				mu.Lock()
				c.open = append(c.open, conn)
				mu.Unlock()
			}
		})
	}
	group.Wait()
}

func (c *crowd) close() {
	for _, conn := range c.open {
		_ = conn.Close()
	}
	c.open = nil
}

func anyOptions(transport string, n int) string {
	return fmt.Sprintf("OPTIONS sip:x@y SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1:9;rport;branch=z9hG4bK%d\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"+
		"Call-ID: %d\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n", transport, n, n)
}

// longestPause is what others may have to wait for while many connections come or go.
const longestPause = 10 * time.Millisecond

// tell logs how long others had to wait while something was done, and gives the longest time.
func tell(t *testing.T, what string, took []time.Duration) time.Duration {
	slices.Sort(took)
	n := len(took)
	t.Logf("%s: %d answers by UDP meanwhile: median %v, 99 of 100 %v, longest %v", what, n, took[n/2], took[n*99/100], took[n-1])
	return took[n-1]
}

// TestIdleConnections: what many idle connections cost, and what accepting and closing them costs others.
func TestIdleConnections(t *testing.T) {
	plain, secured, command := 1000, 200, command
	if full() {
		plain, secured, command = 10000, 2000, apart(t)
	}
	for _, kind := range []struct {
		name string
		n    int
		dial func(c *crowd) (net.Conn, error)
	}{
		{"TCP", plain, func(c *crowd) (net.Conn, error) { return net.Dial("tcp", c.addr) }},
		{"TLS", secured, func(c *crowd) (net.Conn, error) { return tls.Dial("tcp", c.secure, c.trust) }},
	} {
		t.Run(kind.name, func(t *testing.T) {
			c := startCrowd(t, command)
			before := c.memory(t)
			watch := startStopwatch(t, c.addr)
			time.Sleep(alone)
			tell(t, "before", watch.took())
			watch = startStopwatch(t, c.addr)
			begun := time.Now()
			c.fill(kind.n, func() (net.Conn, error) { return talked(kind.dial(c)) })
			opening := tell(t, fmt.Sprintf("opening %d connections of %s in %v", len(c.open), kind.name, time.Since(begun)), watch.took())
			each := (c.memory(t) - before) / len(c.open)
			watch = startStopwatch(t, c.addr)
			t.Logf("each takes %d bytes of the process", each)
			c.close()
			closing := tell(t, "closing them", watch.took())
			if full() && max(opening, closing) > longestPause {
				t.Errorf("others had to wait for more than %v", longestPause)
			}
		})
	}
}

// talked sends one request over a new connection: it is set up on both sides then.
func talked(c net.Conn, err error) (net.Conn, error) {
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(c, anyOptions("TCP", 1)); err != nil {
		return nil, err
	}
	_ = c.SetReadDeadline(time.Now().Add(patience))
	_, err = c.Read(make([]byte, 4096))
	return c, err
}

// TestSlowSenders: peers that send a byte a second are cut at the limit of a message, and others are served beside them.
func TestSlowSenders(t *testing.T) {
	n := 100
	if full() {
		n = 1000
	}
	c := startCrowd(t, command)
	c.fill(n, func() (net.Conn, error) { return net.Dial("tcp", c.addr) })
	watch := startStopwatch(t, c.addr)
	lived := make(chan time.Duration, n)
	for _, conn := range c.open {
		go func() { lived <- drip(conn, anyOptions("TCP", 1)) }()
	}
	var shortest, longest time.Duration = time.Hour, 0
	for range c.open {
		d := <-lived
		shortest, longest = min(shortest, d), max(longest, d)
	}
	tell(t, fmt.Sprintf("%d senders of a byte a second, cut after %v to %v", len(c.open), shortest, longest), watch.took())
	if longest > patience {
		t.Error("they are not cut")
	}
}

// drip sends a byte a second and gives the time until the other side closed the connection.
func drip(c net.Conn, text string) time.Duration {
	begun := time.Now()
	gone := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, c)
		close(gone)
	}()
	pace := time.NewTicker(time.Second)
	defer pace.Stop()
	for i := range len(text) {
		if _, err := c.Write([]byte{text[i]}); err != nil {
			<-gone
			break
		}
		select {
		case <-pace.C:
			continue
		case <-gone:
		}
		break
	}
	return time.Since(begun)
}
