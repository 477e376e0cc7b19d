package resolve

import (
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/resolve/nsdtest"
)

const realZone = `$ORIGIN real.test.
$TTL 3600
@ IN SOA ns hostmaster 1 3600 600 86400 3600
@ IN NS ns
ns IN A 127.0.0.1
naptr IN NAPTR 10 10 "s" "SIP+D2T" "" _sip._tcp.srv
naptr IN NAPTR 20 10 "s" "SIP+D2U" "" _sip._udp.srv
_sip._tcp.srv IN SRV 10 10 5070 one
_sip._udp.srv IN SRV 10 60 5061 one
_sip._udp.srv IN SRV 10 30 5062 two
_sip._udp.srv IN SRV 10 10 5063 one
_sip._udp.srv IN SRV 20 1 5064 two
one IN A 127.0.0.11
two IN A 127.0.0.12
two IN AAAA ::12
alias IN CNAME two
`

// TestRealServer finds the way through the zone of a DNS server of others; the shares are those of 10,000 calls.
func TestRealServer(t *testing.T) {
	server := nsdtest.Start(t, "real.test", realZone)
	v := DefaultValues()
	v.Servers, v.Search, v.NAPTR, v.Failover, v.Balance = []string{server}, false, true, true, true
	v.Tries, v.TryTime, v.Negative = stopTries, 2*time.Second, time.Hour
	d := New(Options{Values: v, Clock: clock.System{}, Protos: []flow.Proto{flow.UDP, flow.TCP}})
	for uri, want := range map[string]string{
		"alias.real.test:5060": "udp:127.0.0.12:5060 udp:[::12]:5060", "srv.real.test;transport=tcp": "tcp:127.0.0.11:5070", "none.real.test": "error",
	} {
		if got := text(d.Lookup(t.Context(), hopTo(uri))); got != want {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
	if _, err := d.Lookup(t.Context(), hopTo("naptr.real.test")); err != nil {
		t.Fatal(err)
	}
	first := map[uint16]int{}
	for range 10000 {
		list, ok, err := d.Cached(hopTo("naptr.real.test"))
		if !ok || err != nil || len(list) != 7 || list[0].Proto != flow.UDP || list[6].Proto != flow.TCP {
			t.Fatalf("%v %v %v", list, ok, err)
		}
		first[list[0].Addr.Port()]++
	}
	for port, share := range map[uint16]int{5061: 6000, 5062: 3000, 5063: 1000} {
		if got := first[port]; got < share-250 || got > share+250 {
			t.Errorf("port %d was first in %d of 10,000", port, got)
		}
	}
}
