package kemi

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/resolve"
)

func TestDNSParameters(t *testing.T) {
	v, err := dnsValues(parameters(t, ""))
	def := resolve.DefaultValues()
	if err != nil || v.Cache != def.Cache || v.Prefer != def.Prefer || v.Negative != def.Negative || v.MaxTTL != math.MaxInt64 || v.TryTime >= 0 || v.NAPTROrder {
		t.Errorf("defaults: %+v, %v", v, err)
	}
	v, err = dnsValues(parameters(t, strings.Join([]string{
		"dns_try_ipv6=no", "dns_try_naptr=yes", "dns_srv_loadbalancing=yes", "dns_udp_preference=1", "dns_tcp_pref=2", "dns_tls_pref=3", "dns_sctp_pref=-1",
		"dns_retr_time=1", "dns_slow_query_ms=50", "dns_retr_no=3", "dns_servers_no=2", "dns_use_search_list=no", "dns_search_full_match=no",
		"dns_naptr_ignore_rfc=no", "use_dns_failover=yes", "dns_cache_flags=6", "dns_cache_negative_ttl=7", "dns_cache_max_ttl=8", "dns_cache_min_ttl=4",
		"dns_cache_mem=10", "dns_cache_gc_interval=11", "dns_cache_delete_nonexpired=yes", "dns_cache_rec_pref=3",
		`dns_servers="192.0.2.1, [2001:db8::1]:5353"`, "",
	}, "\n")))
	want := resolve.Values{
		Cache: true, NAPTR: true, NAPTROrder: true, Balance: true, Failover: true, Only6: true, First6: true,
		TryTime: time.Second, Slow: 50 * time.Millisecond, Tries: 3, ServersNo: 2, Negative: 7 * time.Second, MaxTTL: 8 * time.Second, MinTTL: 4 * time.Second,
		Memory: 10 << 10, Sweep: 11 * time.Second, MakeRoom: true, Keep: resolve.KeepLongest,
	}
	want.Prefer[flow.UDP], want.Prefer[flow.TCP], want.Prefer[flow.TLS], want.Prefer[flow.SCTP] = 1, 2, 3, -1
	if got := strings.Join(v.Servers, " "); got != "192.0.2.1:53 [2001:db8::1]:5353" {
		t.Error(got)
	}
	v.Servers = nil
	if err != nil || !equalValues(v, want) {
		t.Errorf("%+v, %v", v, err)
	}
	if v, _ := dnsValues(parameters(t, "dns_cache_init=off\n")); v.Cache {
		t.Error("dns_cache_init=off")
	}
	if _, err := dnsValues(parameters(t, `dns_servers="nowhere"`+"\n")); err == nil || !strings.Contains(err.Error(), "test.cfg:1:13") {
		t.Error(err)
	}
}

func equalValues(a, b resolve.Values) bool {
	for _, p := range dnsNumbers {
		if p.get(&a) != p.get(&b) {
			return false
		}
	}
	return true
}

// TestDNSParametersAtRunTime changes each parameter as cfg.set does.
func TestDNSParametersAtRunTime(t *testing.T) {
	d := resolve.New(resolve.Options{Values: resolve.DefaultValues()})
	for _, x := range dnsVars(d) {
		for _, n := range []int{1, 0} {
			if err := x.Set(Int(n)); err != nil || x.Get().Int() != n {
				t.Errorf("%s: %v is not %d, %v", x.Name, x.Get(), n, err)
			}
		}
	}
}
