package kemi

import (
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

func TestTypeOfService(t *testing.T) {
	for text, want := range map[string]int{
		"": 0x10, "tos=IPTOS_MINCOST\n": 0x02, "tos=0\n": 0, "tos=0xb8\n": 0xb8, "tos=\"IPTOS_THROUGHPUT\"\n": 0x08,
	} {
		if got := typeOfService(parameters(t, text)); got != want {
			t.Errorf("%q: %#x, want %#x", text, got, want)
		}
	}
}

func TestCheckNetwork(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "tos=IPTOS_LOWDELAY\ntcp_source_ipv4=192.0.2.1\n": "",
		"tos=IPTOS_LOUD\n":              "IPTOS_LOUD is no type of service",
		"tos=256\n":                     "256 is no type of service",
		"tcp_source_ipv6=192.0.2.1\n":   "192.0.2.1 is no such address",
		"tcp_source_ipv4=example.com\n": "example.com is no such address",
		"mcast=nosuch0\n":               "no interface nosuch0",
		"mcast_ttl=256\n":               "256 is no number of hops",
		"mcast_ttl=-1\n":                "",
	} {
		err := checkNetwork(parameters(t, text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTCPParameters(t *testing.T) {
	if got := tcpOptions(parameters(t, "")); got != (transport.TCPOptions{DelayedAck: true}) {
		t.Errorf("%+v", got)
	}
	text := "tcp_keepalive=no\ntcp_keepidle=1\ntcp_keepintvl=2\ntcp_keepcnt=3\ntcp_delayed_ack=no\ntcp_defer_accept=4\n" +
		"tcp_linger2=5\ntcp_syncnt=6\ntcp_listen_backlog=7\ntcp_reuse_port=yes\ntcp_close_rst=1\n"
	want := transport.TCPOptions{
		NoProbes: true, Probes: transport.KeepAlive{Idle: time.Second, Interval: 2 * time.Second, Count: 3},
		DeferAccept: 4 * time.Second, Linger2: 5 * time.Second, SynRetries: 6, Backlog: 7, ReusePort: true, CloseReset: true,
	}
	if got := tcpOptions(parameters(t, text)); got != want {
		t.Errorf("%+v", got)
	}
}

func TestUDPParameters(t *testing.T) {
	for text, want := range map[string]transport.UDPOptions{
		"":                                      {PathMTU: transport.PathMTUCut},
		"pmtu_discovery=1\nmaxsndbuffer=8192\n": {PathMTU: transport.PathMTUWhole, SendBuffer: 8192},
	} {
		if got := udpOptions(parameters(t, text)); got != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestMulticastParameters(t *testing.T) {
	for text, want := range map[string]transport.MulticastOptions{
		"":               {},
		"mcast_ttl=-1\n": {},
		"mcast=\"eth7\"\nmcast_loopback=yes\nmcast_ttl=0\n": {Interface: "eth7", Loopback: true, SetTTL: true},
		"mcast_ttl=9\n": {SetTTL: true, TTL: 9},
	} {
		if got := multicastOptions(parameters(t, text)); got != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestCheckSocket(t *testing.T) {
	for _, x := range []struct {
		listen config.Listen
		addr   string
		want   string
	}{
		{config.Listen{Proto: "udp"}, "224.0.1.75", ""},
		{config.Listen{}, "224.0.1.75", ""},
		{config.Listen{Proto: "tcp", Host: "224.0.1.75"}, "224.0.1.75", "tcp cannot reach the group of multicast 224.0.1.75"},
		{config.Listen{Proto: "tcp"}, "192.0.2.1", ""},
		{config.Listen{VRF: "nosuch0"}, "192.0.2.1", `no VRF and no interface "nosuch0"`},
	} {
		if got, _ := checkSocket(x.listen, []netip.Addr{netip.MustParseAddr(x.addr)}); !strings.Contains(got, x.want) || (got == "") != (x.want == "") {
			t.Errorf("%+v: %q, want %q", x.listen, got, x.want)
		}
	}
	bound, free := flow.NewSocket(flow.UDP, netip.MustParseAddrPort("192.0.2.1:5060"), 0), flow.NewSocket(flow.UDP, netip.MustParseAddrPort("192.0.2.2:5060"), 1)
	bound.Device = "blue"
	if got := devices([]*flow.Socket{bound, free}); len(got) != 1 || got[bound.Addr.Addr()] != "blue" {
		t.Error(got)
	}
}

func TestTransportParameters(t *testing.T) {
	o := transportOptions(parameters(t, "tcp_no_connect=yes\ntcp_reuse_port=yes\ntcp_source_ipv4=192.0.2.1\ntcp_source_ipv6=\"2001:db8::1\"\n"+
		"tcp_accept_iplimit=0\ntcp_connection_lifetime=-1\ntcp_connect_timeout=3\ntcp_msg_read_timeout=4\ntcp_rd_buf_size=1000000\n"), nil, nil)
	if !o.NoConnect || !o.SharePort || o.Source4 != netip.MustParseAddr("192.0.2.1") || o.Source6 != netip.MustParseAddr("2001:db8::1") {
		t.Errorf("%+v", o)
	}
	l := o.Limits
	if l.MaxPerPeer != math.MaxInt || l.Lifetime != forEver || l.Connect != 3*time.Second || l.MessageRead != 4*time.Second || l.MaxBody != 1000000 {
		t.Errorf("%+v", l)
	}
	unset := transportOptions(parameters(t, ""), nil, nil).Limits
	if unset != (transport.Limits{MaxBody: leastBody}) {
		t.Errorf("%+v", unset)
	}
}
