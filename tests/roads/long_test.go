package roads

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/tests/inproc"
)

// TestLongRequests: what is longer than udp_mtu leaves for the same address and port over the transport of
// udp_mtu_try_proto, with and without a transaction; the rest stays on UDP.
func TestLongRequests(t *testing.T) {
	for _, c := range []struct {
		name, more, user string
		size             int
		over             string
	}{
		{"short", "udp_mtu=1300\nudp_mtu_try_proto=TCP\n", "bob", 100, "UDP"},
		{"long", "udp_mtu=1300\nudp_mtu_try_proto=TCP\n", "bob", 1300, "TCP"},
		{"long, without a transaction", "udp_mtu=1300\nudp_mtu_try_proto=TCP\n", "stateless", 1300, "TCP"},
		{"long, stays", "udp_mtu=1300\n", "bob", 1300, "UDP"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := start(t, c.more)
			far := listenBoth(t)
			p := w.Peer("127.0.0.1:0")
			p.Send(p.Request("MESSAGE", "sip:"+c.user+"@far.test", "X-To: sip:"+far.addr, "X-Pad: "+strings.Repeat("x", c.size)))
			got := far.next()
			if via := inproc.Header(got, "Via"); !strings.HasPrefix(via, "SIP/2.0/"+c.over+" 127.0.0.1:"+w.port+";") || !strings.HasPrefix(got, c.over+" MESSAGE ") {
				t.Errorf("%s", got)
			}
		})
	}
}
