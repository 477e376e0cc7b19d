//go:build e2e && linux && (amd64 || arm64)

package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/tests/e2e/flood"
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
	need(t, "kamcmd")
	command := apart(t)
	t.Run("relay", func(t *testing.T) {
		overload(t, command, serveRelay)
	})
	t.Run("basic", func(t *testing.T) { // the distribution's script
		overload(t, command, serveBasic)
	})
}

// overload measures what a server completes, and what is left of that when it is offered three times as much.
func overload(t *testing.T, command []string, serve func(*testing.T, []string) (*server, peers)) {
	t.Helper()
	s, x := serve(t, command)
	x.Run(flood.Load{AtOnce: 64, For: 2 * time.Second, Settle: time.Second}) // caches and stacks
	before := x.capacity()
	offer := 3 * before

	x.Run(flood.Load{Rate: offer, For: 5 * time.Second})
	resident := s.watchMemory(t)
	r := x.Run(flood.Load{Rate: offer, For: time.Minute, Settle: 3 * time.Second})
	used := resident()
	middle, last := mean(used[len(used)/3:2*len(used)/3]), mean(used[2*len(used)/3:])
	completed, offered := rate(r.Completed, 60), rate(r.Begun, 60)
	t.Logf("offered %.0f/s: completed %.0f/s, refused %.0f/s, failed %d, calls that were answered and not ended %d", offered, completed, rate(r.Refused, 60), r.Failed, r.Open)
	t.Logf("%s", s.kamcmd(t, "core.load"))
	t.Logf("memory in the middle and at the end: %d and %d MiB", middle>>20, last>>20)
	time.Sleep(2 * time.Second)
	half := x.Run(flood.Load{Rate: before / 2, For: 5 * time.Second, Settle: time.Second})
	t.Logf("at half the capacity afterwards: completed %.0f/s, refused %.0f/s", rate(half.Completed, 5), rate(half.Refused, 5))
	after := x.capacity()
	capacity := (before + after) / 2
	t.Logf("capacity before and after: %.0f and %.0f calls/s, of which %.0f%% were left", before, after, 100*completed/capacity)

	if offered < 0.98*offer || r.Dropped > 0 {
		t.Errorf("the peers were too slow: %.0f calls/s in place of %.0f, %d datagrams were lost at their side", offered, offer, r.Dropped)
	}
	if completed < 0.9*capacity {
		t.Errorf("%.0f%% of the capacity are left", 100*completed/capacity)
	}
	if last > middle*11/10 {
		t.Error("the memory grows")
	}
	if r.Open > 0 {
		t.Errorf("%d calls could not be ended", r.Open)
	}
	if rate(half.Completed, 5) < 0.49*before || half.Refused > 0 {
		t.Error("it has not recovered")
	}
}

func rate(calls int, seconds float64) float64 { return float64(calls) / seconds }

// peers are a caller and a callee.
type peers struct{ *flood.Flood }

// capacity is how many calls a second the server completes alone, in a speed that the machine has just now.
func (x peers) capacity() float64 {
	return rate(x.Run(flood.Load{AtOnce: 64, For: 10 * time.Second, Settle: time.Second}).Completed, 10)
}

func newPeers(t *testing.T, addr *net.UDPAddr, to string) peers {
	t.Helper()
	x, err := flood.New(addr, to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	return peers{x}
}

// serveRelay starts a server that relays all calls.
func serveRelay(t *testing.T, command []string) (*server, peers) {
	t.Helper()
	addr := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: freePort(t)}
	x := newPeers(t, addr, "sip:bob@example.com")
	s := &server{dir: t.TempDir(), addr: addr.String()}
	script, config := filepath.Join(s.dir, "s.lua"), filepath.Join(s.dir, "k.cfg")
	write(t, script, fmt.Sprintf(overloadScript, x.Callee()))
	write(t, config, fmt.Sprintf(overloadConfig, s.addr, s.dir, script))
	s.process = spawn(t, s.dir, command[0], append(slices.Clone(command[1:]), "-f", config, "-DD", "-E")...)
	eventually(t, "the server answers", func() bool {
		_, err := os.Stat(s.dir + "/ctl")
		return err == nil
	})
	return s, x
}

// serveBasic starts a server with the basic script, at which the callee registers.
func serveBasic(t *testing.T, command []string) (*server, peers) {
	t.Helper()
	need(t, basicScript)
	s := prepare(t, "")
	s.launch(t, command)
	addr, err := net.ResolveUDPAddr("udp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	x := newPeers(t, addr, "sip:bob@example.test")
	eventually(t, "the callee is registered", func() bool {
		registerBob(t, addr, x.Callee())
		out, code := run(t, patience, s.dir, "kamcmd", "-s", s.control(), "ul.lookup", "location", "bob")
		return code == 0 && strings.Contains(out, "Contact")
	})
	return s, x
}

func registerBob(t *testing.T, server *net.UDPAddr, contact string) {
	t.Helper()
	phone, err := net.DialUDP("udp4", nil, server)
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	_, _ = fmt.Fprintf(phone, "REGISTER sip:example.test SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKr\r\nMax-Forwards: 70\r\nFrom: <sip:bob@example.test>;tag=r\r\n"+
		"To: <sip:bob@example.test>\r\nCall-ID: r\r\nCSeq: 1 REGISTER\r\nContact: <sip:b@%s>\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n", phone.LocalAddr(), contact)
}
