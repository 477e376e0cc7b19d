package roads

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/moonroute/moonroute/core/resolve/nsdtest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// zone has a name for each case; PORT1 to PORT4 are those of the far ends, the fourth takes nothing.
const zone = `$ORIGIN far.test.
$TTL 3600
@ IN SOA ns hostmaster 1 3600 600 86400 3600
@ IN NS ns
ns IN A 127.0.0.1
here IN A 127.0.0.1
transport IN NAPTR 10 10 "s" "SIP+D2T" "" _sip._tcp.transport
transport IN NAPTR 20 10 "s" "SIP+D2U" "" _sip._udp.transport
_sip._tcp.transport IN SRV 10 10 PORT1 here
_sip._udp.transport IN SRV 10 10 PORT2 here
_sip._udp.shared IN SRV 10 60 PORT1 here
_sip._udp.shared IN SRV 10 30 PORT2 here
_sip._udp.shared IN SRV 10 10 PORT3 here
_sip._udp.order IN SRV 10 1 PORT2 here
_sip._udp.order IN SRV 20 100 PORT1 here
_sip._udp.dead IN SRV 10 1 PORT4 here
_sip._udp.dead IN SRV 20 1 PORT1 here
_sip._tcp.refused IN SRV 10 1 PORT4 here
_sip._tcp.refused IN SRV 20 1 PORT1 here
slow IN A 127.0.0.1
`

const dnsConfig = `
dns_servers="%s"
dns_use_search_list=no
dns_try_naptr=yes
dns_naptr_ignore_rfc=no
use_dns_failover=yes
dns_srv_lb=yes
modparam("tm", "fr_timer", 4000)
`

// farther is a world with three far ends that names lead to.
type farther struct {
	*world
	far  [3]*both
	from *inproc.Peer
}

// startNames starts a server whose names come from nsd, by way of the server that between gives, if any.
func startNames(t *testing.T, between func(nsd string) string) *farther {
	t.Helper()
	x := &farther{}
	records := strings.ReplaceAll(zone, "PORT4", inproc.FreePort(t))
	for i := range x.far {
		x.far[i] = listenBoth(t)
		x.far[i].answer(200, fmt.Sprint("X-Far: ", i+1))
		_, port, _ := net.SplitHostPort(x.far[i].addr)
		records = strings.ReplaceAll(records, fmt.Sprint("PORT", i+1), port)
	}
	server := nsdtest.Start(t, "far.test", records)
	if between != nil {
		server = between(server)
	}
	x.world = start(t, fmt.Sprintf(dnsConfig, server))
	x.from = x.Peer("127.0.0.1:0")
	return x
}

func (x *farther) send(host string) {
	x.from.Send(x.from.Request("MESSAGE", "sip:x@"+host, "X-To: sip:"+host))
}

// call sends a request to a name and tells which far end takes it, by which transport: "2 UDP".
func (x *farther) call(host string) string {
	x.t.Helper()
	x.send(host)
	reply := x.from.Expect("200")
	return inproc.Header(reply, "X-Far") + " " + inproc.Header(reply, "X-Over")
}

// TestNames: order, weights and failover of calls by the records of a DNS server of others.
func TestNames(t *testing.T) {
	x := startNames(t, nil)
	for _, c := range []struct{ why, host, want string }{
		{"the first NAPTR", "transport.far.test", "1 TCP"},
		{"a transport that the URI names", "transport.far.test;transport=udp", "2 UDP"},
		{"the first SRV, whatever the weights", "order.far.test", "2 UDP"},
		{"the second, when the first is silent", "dead.far.test", "1 UDP"},
		{"the second, when the first refuses", "refused.far.test;transport=tcp", "1 TCP"},
	} {
		if got := x.call(c.host); got != c.want {
			t.Errorf("%s: %s takes %s, want %s", c.why, c.host, got, c.want)
		}
	}
	x.far[1].answer(503, "Retry-After: 1000")
	if got := x.call("order.far.test"); got != "1 UDP" {
		t.Errorf("after a 503 of the first: %s", got)
	}
	x.far[1].answer(200, "X-Far: 2")
	if got := x.call("order.far.test"); got != "2 UDP" {
		t.Errorf("the 503 of one call counts for the next: %s", got)
	}
}

// TestShares: the weights of SRV records are the shares of the calls. They are within 5 of 100 of them over 10,000 calls; over fewer
// chance has more room.
func TestShares(t *testing.T) {
	calls, room := 1000, 80 // of 1000
	if os.Getenv("MOONROUTE_LOAD") == "full" {
		calls, room = 10000, 50
	}
	x := startNames(t, nil)
	taken := map[string]int{}
	for range calls {
		taken[x.call("shared.far.test")]++
	}
	t.Logf("of %d calls: %v", calls, taken)
	for far, share := range map[string]int{"1 UDP": 600, "2 UDP": 300, "3 UDP": 100} {
		if got := taken[far] * 1000 / calls; got < share-room || got > share+room {
			t.Errorf("%s took %d of %d", far, taken[far], calls)
		}
	}
}

// TestSlowName: a name whose server does not answer yet delays its own calls only.
func TestSlowName(t *testing.T) {
	asked, release := make(chan struct{}, 100), make(chan struct{})
	x := startNames(t, func(nsd string) string { return slowly(t, nsd, asked, release) })
	x.send("slow.far.test:" + port(x.far[0].addr))
	select {
	case <-asked:
	case <-time.After(patience):
		t.Fatal("nobody asked for the slow name")
	}
	for range 200 {
		if got := x.call("order.far.test"); got != "2 UDP" {
			t.Fatalf("beside a slow name: %s", got)
		}
	}
	close(release)
	if got := inproc.Header(x.from.Expect("200"), "X-Far"); got != "1" {
		t.Errorf("the slow name leads to %s", got)
	}
}

func port(addr string) string {
	_, p, _ := net.SplitHostPort(addr)
	return p
}

// slowly is a DNS server before another one, which answers for slow names once it is released.
func slowly(t *testing.T, behind string, asked chan<- struct{}, release <-chan struct{}) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		if strings.HasPrefix(q.Question[0].Name, "slow.") {
			asked <- struct{}{}
			<-release
		}
		if r, err := dns.Exchange(q, behind); err == nil {
			_ = w.WriteMsg(r)
		}
	})
	server := &dns.Server{PacketConn: c, Handler: handler}
	go func() { _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = server.Shutdown() })
	return c.LocalAddr().String()
}
