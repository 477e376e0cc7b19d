//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// overloadScript relays calls to one callee and stays on their way.
const overloadScript = `
function ksr_request_route()
	if KSR.siputils.has_totag() > 0 then
		KSR.rr.loose_route()
	else
		KSR.rr.record_route()
		KSR.pv.sets("$du", "sip:%s")
	end
	KSR.tm.t_relay()
end
`

const overloadConfig = `listen=udp:%s
children=8
debug=0
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "ctl.so"
loadmodule "app_lua.so"
modparam("ctl", "binrpc", "unix:%s/ctl")
modparam("app_lua", "load", "%s")
cfgengine "lua"
`

// TestOverload offers three times as many calls as the server completes. The server has one core and the peers have
// another. Calls that are refused hear 503, those that were begun are ended, and afterwards all is as before.
func TestOverload(t *testing.T) {
	if !full() {
		t.Skip("left out: it takes a machine of its own (MOONROUTE_LOAD=full)")
	}
	need(t, "taskset", "kamcmd")
	pin := exec.Command("taskset", "-a", "-c", "-p", "1", strconv.Itoa(os.Getpid()))
	if out, err := pin.CombinedOutput(); err != nil {
		t.Skipf("left out: taskset: %v %s", err, out)
	}
	t.Run("relay", func(t *testing.T) {
		x := newPeers(t)
		x.overload(t, x.serve(t))
	})
	t.Run("basic", func(t *testing.T) { // the distribution's script
		x := newPeers(t)
		x.to = "sip:bob@example.test"
		x.overload(t, x.serveBasic(t))
	})
}

// overload measures what a server completes, and what is left of that when it is offered three times as much.
func (x *peers) overload(t *testing.T, s *server) {
	t.Helper()
	x.closedLoop(2*time.Second, 64) // caches and stacks
	capacity := x.closedLoop(10*time.Second, 64)
	t.Logf("capacity: %.0f calls/s", capacity)
	memory := s.kamcmd(t, "core.shmmem")

	x.begin()
	x.openLoop(5*time.Second, 3*capacity)
	r := x.openLoop(60*time.Second, 3*capacity)
	t.Logf("offered %.0f/s: completed %.0f/s, refused %.0f/s, failed %d, calls that were answered and not ended %d", 3*capacity, r.completed, r.refused, r.failed, r.broken)
	t.Logf("%s", s.kamcmd(t, "core.load"))
	t.Logf("before:\n%s\nafter:\n%s", memory, s.kamcmd(t, "core.shmmem"))
	if r.completed < 0.9*capacity {
		t.Errorf("%.0f%% of the capacity are left", 100*r.completed/capacity)
	}
	if r.broken > 0 {
		t.Errorf("%d calls could not be ended", r.broken)
	}
	time.Sleep(2 * time.Second)
	x.begin()
	after := x.openLoop(5*time.Second, capacity/2)
	t.Logf("at half the capacity afterwards: completed %.0f/s, refused %.0f/s", after.completed, after.refused)
	if after.completed < 0.49*capacity || after.refused > 0 {
		t.Error("it has not recovered")
	}
}

// peers are a caller and a callee.
type peers struct {
	to             string // whom the calls are for
	server         *net.UDPAddr
	caller, callee *net.UDPConn
	calls          [64]callMap
	next           atomic.Int64
	done           chan struct{} // a call has ended, in a closed loop; nil else

	completed, refused, failed atomic.Int64
}

type callMap struct {
	sync.Mutex
	m map[int]*oneCall
}

// oneCall is what the caller knows of one call.
type oneCall struct {
	request  string // to be repeated until it is answered
	answered bool   // 200 has come for the INVITE
	start    time.Time
	due      time.Time
	interval time.Duration
}

func newPeers(t *testing.T) *peers {
	x := &peers{to: "sip:bob@example.com"}
	for i := range x.calls {
		x.calls[i].m = map[int]*oneCall{}
	}
	for _, c := range []**net.UDPConn{&x.caller, &x.callee} {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadBuffer(8 << 20)
		t.Cleanup(func() { _ = conn.Close() })
		*c = conn
	}
	go x.answer()
	go x.listen()
	go x.repeat()
	return x
}

// onFirstCore is the server's command. It has the first core for itself.
func onFirstCore() []string { return append([]string{"taskset", "-c", "0"}, command...) }

// serve starts a server that relays all calls.
func (x *peers) serve(t *testing.T) *server {
	t.Helper()
	s := &server{dir: t.TempDir(), addr: "127.0.0.1:" + strconv.Itoa(freePort(t))}
	script, config := filepath.Join(s.dir, "s.lua"), filepath.Join(s.dir, "k.cfg")
	write(t, script, fmt.Sprintf(overloadScript, x.callee.LocalAddr()))
	write(t, config, fmt.Sprintf(overloadConfig, s.addr, s.dir, script))
	s.process = spawn(t, s.dir, "taskset", append(onFirstCore()[1:], "-f", config, "-DD", "-E")...)
	x.server, _ = net.ResolveUDPAddr("udp", s.addr)
	eventually(t, "the server answers", func() bool {
		_, err := os.Stat(s.dir + "/ctl")
		return err == nil
	})
	return s
}

// serveBasic starts a server with the basic script, at which the callee registers.
func (x *peers) serveBasic(t *testing.T) *server {
	t.Helper()
	need(t, basicScript)
	s := prepare(t, "")
	s.launch(t, onFirstCore())
	x.server, _ = net.ResolveUDPAddr("udp", s.addr)
	eventually(t, "the callee is registered", func() bool {
		x.send(fmt.Sprintf("REGISTER sip:example.test SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKr\r\nMax-Forwards: 70\r\nFrom: <%s>;tag=r\r\n"+
			"To: <%[2]s>\r\nCall-ID: r\r\nCSeq: 1 REGISTER\r\nContact: <sip:b@%s>\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n",
			x.caller.LocalAddr(), x.to, x.callee.LocalAddr()))
		out, code := run(t, patience, s.dir, "kamcmd", "-s", s.control(), "ul.lookup", "location", "bob")
		return code == 0 && strings.Contains(out, "Contact")
	})
	return s
}

// answer is the callee: 200 for everything.
func (x *peers) answer() {
	buf := make([]byte, 65536)
	for {
		n, from, err := x.callee.ReadFromUDP(buf)
		if err != nil {
			return
		}
		text := string(buf[:n])
		if strings.HasPrefix(text, "ACK") || strings.HasPrefix(text, "SIP") {
			continue
		}
		var b strings.Builder
		b.WriteString("SIP/2.0 200 OK\r\n")
		for _, line := range strings.Split(text, "\r\n") {
			switch name, _, _ := strings.Cut(line, ":"); name {
			case "Via", "From", "Call-ID", "CSeq", "Record-Route":
				b.WriteString(line + "\r\n")
			case "To":
				if !strings.Contains(line, ";tag=") {
					line += ";tag=callee"
				}
				b.WriteString(line + "\r\n")
			}
		}
		fmt.Fprintf(&b, "Contact: <sip:b@%s>\r\nContent-Length: 0\r\n\r\n", x.callee.LocalAddr())
		_, _ = x.callee.WriteToUDP([]byte(b.String()), from)
	}
}

func (x *peers) request(method string, n int, totag, cseq, route string) string {
	uri := x.to
	if totag != "" {
		uri = "sip:b@" + x.callee.LocalAddr().String()
	}
	return fmt.Sprintf("%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%d\r\nMax-Forwards: 70\r\n%sFrom: <sip:a@example.com>;tag=a%d\r\n"+
		"To: <%s>%s\r\nCall-ID: %d\r\nCSeq: %s %s\r\nContact: <sip:a@%s>\r\nContent-Length: 0\r\n\r\n",
		method, uri, x.caller.LocalAddr(), method, n, route, n, x.to, totag, n, cseq, method, x.caller.LocalAddr())
}

// ack is the ACK of a refusal: it has the Request-URI and the branch of its INVITE (RFC 3261 17.1.1.3).
func ack(invite, totag string) string {
	invite = strings.Replace(invite, "INVITE sip:", "ACK sip:", 1)
	invite = strings.Replace(invite, "1 INVITE", "1 ACK", 1)
	return strings.Replace(invite, "\r\nCall-ID", totag+"\r\nCall-ID", 1)
}

func (x *peers) call() {
	n := int(x.next.Add(1))
	c := &oneCall{request: x.request("INVITE", n, "", "1", ""), start: time.Now(), interval: 500 * time.Millisecond}
	c.due = c.start.Add(c.interval)
	m := &x.calls[n%len(x.calls)]
	m.Lock()
	m.m[n] = c
	m.Unlock()
	x.send(c.request)
}

func (x *peers) send(text string) { _, _ = x.caller.WriteToUDP([]byte(text), x.server) }

// listen is the caller's side.
func (x *peers) listen() {
	buf := make([]byte, 65536)
	for {
		n, err := x.caller.Read(buf)
		if err != nil {
			return
		}
		if code := string(buf[8:min(11, n)]); code >= "200" {
			x.final(code, buf[:n])
		}
	}
}

func header(text []byte, name string) string {
	_, rest, ok := bytes.Cut(text, []byte("\r\n"+name+": "))
	if !ok {
		return ""
	}
	value, _, _ := bytes.Cut(rest, []byte("\r\n"))
	return string(value)
}

func (x *peers) final(code string, text []byte) {
	n, _ := strconv.Atoi(header(text, "Call-ID"))
	m := &x.calls[n%len(x.calls)]
	m.Lock()
	defer m.Unlock()
	c := m.m[n]
	if c == nil {
		return
	}
	totag := header(text, "To")
	totag = totag[strings.Index(totag, ">")+1:]
	invite := strings.HasSuffix(header(text, "CSeq"), "INVITE")
	switch {
	case invite && code == "200" && !c.answered:
		route := "Route: " + header(text, "Record-Route") + "\r\n"
		c.answered, c.interval, c.start = true, 500*time.Millisecond, time.Now()
		c.due = c.start.Add(c.interval)
		c.request = x.request("BYE", n, totag, "2", route)
		x.send(x.request("ACK", n, totag, "1", route))
		x.send(c.request)
	case invite && code != "200":
		x.send(ack(c.request, totag))
		x.count(&x.failed, code == "503", &x.refused)
		x.end(m, n)
	case !invite:
		x.count(&x.failed, code == "200", &x.completed)
		x.end(m, n)
	}
}

func (x *peers) count(bad *atomic.Int64, good bool, well *atomic.Int64) {
	if good {
		well.Add(1)
		return
	}
	bad.Add(1)
}

func (x *peers) end(m *callMap, n int) {
	delete(m.m, n)
	if x.done != nil {
		select {
		case x.done <- struct{}{}:
		default:
		}
	}
}

// repeat sends again what is not answered (RFC 3261 17.1), and gives up after 64 times T1.
func (x *peers) repeat() {
	for now := range time.Tick(50 * time.Millisecond) {
		for i := range x.calls {
			m := &x.calls[i]
			m.Lock()
			for n, c := range m.m {
				if now.Sub(c.start) > 32*time.Second {
					x.failed.Add(1)
					x.end(m, n)
				} else if now.After(c.due) {
					c.interval *= 2
					c.due = now.Add(c.interval)
					x.send(c.request)
				}
			}
			m.Unlock()
		}
	}
}

// closedLoop keeps some calls going at any time and gives how many were completed in a second.
func (x *peers) closedLoop(d time.Duration, atOnce int) float64 {
	x.begin()
	x.done = make(chan struct{}, atOnce)
	for range atOnce {
		x.call()
	}
	end := time.After(d)
	for {
		select {
		case <-x.done:
			x.call()
			continue
		case <-end:
		}
		break
	}
	completed := x.completed.Load()
	time.Sleep(time.Second)
	x.done = nil
	return float64(completed) / d.Seconds()
}

func (x *peers) begin() {
	x.completed.Store(0)
	x.refused.Store(0)
	x.failed.Store(0)
	for i := range x.calls {
		x.calls[i].Lock()
		clear(x.calls[i].m)
		x.calls[i].Unlock()
	}
}

type results struct {
	completed, refused float64 // calls in a second
	failed, broken     int
}

// openLoop offers calls at a rate.
func (x *peers) openLoop(d time.Duration, rate float64) results {
	completed, refused, failed := x.completed.Load(), x.refused.Load(), x.failed.Load()
	start := time.Now()
	for sent := 0; time.Since(start) < d; time.Sleep(time.Millisecond) {
		for due := int(time.Since(start).Seconds() * rate); sent < due; sent++ {
			x.call()
		}
	}
	r := results{
		completed: float64(x.completed.Load()-completed) / d.Seconds(), refused: float64(x.refused.Load()-refused) / d.Seconds(), failed: int(x.failed.Load() - failed),
	}
	time.Sleep(3 * time.Second)
	for i := range x.calls {
		x.calls[i].Lock()
		for _, c := range x.calls[i].m {
			if c.answered && time.Since(c.start) > 3*time.Second {
				r.broken++
			}
		}
		x.calls[i].Unlock()
	}
	return r
}
