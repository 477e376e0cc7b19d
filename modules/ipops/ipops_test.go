package ipops

import (
	"context"
	"net/netip"
	"testing"

	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/pv"
)

const message = "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\n" +
	"To: <sip:b@x>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n"

func call(h *kemitest.Host, c *kemi.Ctx, name string, args ...string) kemi.Value {
	var vals []kemi.Value
	for _, x := range args {
		vals = append(vals, kemi.Str(x))
	}
	return h.Call(c, "ipops", name, vals...)
}

func read(c *kemi.Ctx, name string) kemi.Value {
	if v := c.Server.Registry.FindVar(name); v != nil {
		return v.Get(c)
	}
	return kemi.Null
}

func TestKinds(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, Module)
	h.Run(message, func(c *kemi.Ctx) {
		for text, want := range map[string]struct {
			kind int
			name string
		}{
			"192.0.2.1": {1, "TEST-NET"}, "10.1.2.3": {1, "PRIVATE"}, "172.32.0.1": {1, "PUBLIC"}, "0.1.2.3": {1, "PRIVATE"},
			"100.127.255.255": {1, "SHARED"}, "255.255.255.255": {1, "BROADCAST"}, "240.0.0.1": {1, "RESERVED"},
			"192.88.99.1": {1, "6TO4-RELAY"}, "192.0.0.1": {1, "RESERVED"}, "224.0.0.1": {1, "MULTICAST"},
			"::": {2, "UNSPECIFIED"}, "::1": {2, "LOOPBACK"}, "[::1]": {3, "LOOPBACK"}, "::ffff:1.2.3.4": {2, "IPV4MAP"},
			"2001:db8::1": {2, "DOCUMENTATION"}, "2001::1": {2, "TEREDO"}, "2001:1f::1": {2, "ORCHID"}, "2400::1": {2, "GLOBAL-UNICAST"},
			"fdff::1": {2, "UNIQUE-LOCAL-UNICAST"}, "fe80::1": {2, "LINK-LOCAL-UNICAST"}, "64:ff9b::1": {2, "RESERVED"},
			"": {-1, ""}, "1.2.3": {-1, ""}, "1.2.3.256": {-1, ""}, "01.2.3.4": {-1, ""}, " 1.2.3.4": {-1, ""}, "1.2.3.4:5060": {-1, ""},
			"[1.2.3.4]": {-1, ""}, "[::1": {-1, ""}, "::1]": {-1, ""}, "fe80::1%eth0": {-1, ""}, "1:2:3:4:5:6:7::8": {-1, ""}, "host": {-1, ""},
		} {
			if got := call(h, c, "ip_type", text); got != kemi.Int(want.kind) {
				t.Errorf("ip_type(%q): got %v", text, got)
			}
			got := call(h, c, "detailed_ip_type", text, "$var(x)")
			if want.kind > 0 && (got != yes || read(c, "$var(x)") != kemi.Str(want.name)) || want.kind < 0 && got != no {
				t.Errorf("detailed_ip_type(%q): got %v, %v", text, got, read(c, "$var(x)"))
			}
		}
		for _, variable := range []string{"$si", "var(x)", ""} {
			if got := call(h, c, "detailed_ip_type", "10.0.0.1", variable); got != no {
				t.Errorf("written to %q: got %v", variable, got)
			}
		}
	})
}

func TestAddresses(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, Module)
	h.Run(message, func(c *kemi.Ctx) {
		for _, x := range []struct {
			name, a, b string
			want       bool
		}{
			{"is_ip", "[::1]", "", true}, {"is_pure_ip", "[::1]", "", false}, {"is_ip4", "::1", "", false}, {"is_ip6", "::1", "", true},
			{"is_ip6_reference", "[::1]", "", true}, {"is_ip_rfc1918", "172.31.0.1", "", true}, {"is_ip_rfc1918", "fc00::1", "", false},
			{"compare_ips", "[::1]", "0:0::1", true}, {"compare_ips", "1.2.3.4", "::ffff:1.2.3.4", false}, {"compare_ips", "x", "x", false},
			{"compare_pure_ips", "[::1]", "[::1]", false}, {"compare_pure_ips", "FE80::1", "fe80::1", true},
			{"is_in_subnet", "192.0.2.77", "10.0.0.0/8, 192.0.2.64/26", true}, {"is_in_subnet", "192.0.2.77", "192.0.2.77", true},
			{"is_in_subnet", "192.0.2.77", "bad,,192.0.2.0/24x", true}, {"is_in_subnet", "192.0.2.77", "0.0.0.0/", true},
			{"is_in_subnet", "192.0.2.77", "192.0.2.0/33,192.0.2.0/-1,/24,192.0.2.0/24/24", false},
			{"is_in_subnet", "192.0.2.77", "::/0", false}, {"ip_is_in_subnet", "2001:db8::5", "2001:db8::/32", true},
			{"ip_is_in_subnet", "[2001:db8::5]", "2001:db8::/32", false}, {"is_in_subnet", "", "0.0.0.0/0", false},
		} {
			args := []string{x.a, x.b}[:len(h.Registry.Function("ipops", x.name).Args)]
			if got := call(h, c, x.name, args...); got != verdict(x.want) {
				t.Errorf("%s(%v): got %v", x.name, args, got)
			}
		}
		if call(h, c, "detailed_ipv4_type", "\t1.2.3.4\r\n", "$var(x)") != yes || call(h, c, "detailed_ipv6_type", "[2001:db8::1", "$var(x)") != yes ||
			call(h, c, "detailed_ipv4_type", "::1", "$var(x)") != no || call(h, c, "detailed_ipv6_type", "[1.2.3.4]", "$var(x)") != no {
			t.Error("blanks and brackets")
		}
	})
}

// known is a DNS for tests.
type known struct{}

func (known) addresses(_ context.Context, name string) ([]netip.Addr, error) {
	if name != "both.test" {
		return nil, resolve.ErrNotFound
	}
	return []netip.Addr{netip.MustParseAddr("2001:db8::30"), netip.MustParseAddr("::ffff:192.0.2.30")}, nil
}

func (known) names(_ context.Context, addr netip.Addr) ([]string, error) {
	if addr.String() != "192.0.2.30" {
		return nil, resolve.ErrNotFound
	}
	return []string{"both.test."}, nil
}

func (known) records(_ context.Context, name string, want resolve.Type) ([]resolve.Record, error) {
	switch {
	case name == "both.test" && want == resolve.A:
		return []resolve.Record{{Addr: netip.MustParseAddr("192.0.2.30")}}, nil
	case name == "srv.test" && want == resolve.SRV:
		return []resolve.Record{{Priority: 2, Port: 5062, Target: "c"}, {Priority: 1, Weight: 1, Port: 5061, Target: "b"}, {Priority: 1, Weight: 60, Port: 5060, Target: "a"}}, nil
	case name == "naptr.test" && want == resolve.NAPTR:
		return []resolve.Record{{Order: 2, Flags: "s", Services: "SIP+D2T", Replacement: "t"}, {Order: 1, Preference: 9, Flags: "u", Regexp: "!a!b!"}}, nil
	}
	return nil, resolve.ErrNotFound
}

func TestLookups(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, Module)
	h.Registry.Module("ipops").State.(*state).dns = known{}
	h.Run(message, func(c *kemi.Ctx) {
		want := func(what string, got, want kemi.Value) {
			t.Helper()
			if got != want {
				t.Errorf("%s: got %v, want %v", what, got, want)
			}
		}
		for variable, value := range map[string]kemi.Value{
			"$dns(x=>count)": kemi.Null, "$srvquery(x=>count)": kemi.Int(0), "$srvquery(x=>port[0])": kemi.Null, "$ptrquery(x=>ip)": kemi.Null,
		} {
			want("before: "+variable, read(c, variable), value)
		}
		want("dns_query", call(h, c, "dns_query", "both.test", "x"), yes)
		want("none", call(h, c, "dns_query", "none.test", "y"), unresolved)
		want("long", call(h, c, "dns_query", string(make([]byte, 300)), "y"), badName)
		want("an address", call(h, c, "dns_query", "192.0.2.9", "z"), yes)
		want("srv_query", call(h, c, "srv_query", "srv.test", "x"), yes)
		want("unnamed", call(h, c, "srv_query", "srv.test", "unnamed"), noContainer)
		want("no name", call(h, c, "naptr_query", "", "x"), badName)
		want("ptr_query", call(h, c, "ptr_query", "192.0.2.30", "x"), yes)
		_ = read(c, "$naptrquery(x=>count)")
		want("naptr_query", call(h, c, "naptr_query", "naptr.test", "x"), yes)
		want("match", call(h, c, "dns_sys_match_ip", "both.test", "[2001:db8::30]"), yes)
		want("IPv4 alone", call(h, c, "dns_int_match_ip", "both.test", "2001:db8::30"), no)
		want("bad address", call(h, c, "dns_int_match_ip", "both.test", "x"), badAddress)
		want("unknown", call(h, c, "dns_sys_match_ip", "none.test", "192.0.2.1"), unresolved)
		for variable, value := range map[string]kemi.Value{
			"$dns(x=>count)": kemi.Int(2), "$dns(x=>ipv6)": kemi.Int(1), "$dns(x=>addr)": kemi.Str("2001:db8::30"), "$dns(x=>type[1])": kemi.Int(4),
			"$dns(x=>addr[-1])": kemi.Str("192.0.2.30"), "$dns(x=>addr[2])": kemi.Null, "$dns(x=>addr[-3])": kemi.Null, "$dns(z=>ipv6)": kemi.Int(0),
			"$dns(y=>count)": kemi.Null, "$dns(x=>addr[$var(none)])": kemi.Str("2001:db8::30"), "$dns(x=>addr[$cs])": kemi.Null,
			"$srvquery(x=>count)": kemi.Int(3), "$srvquery(x=>target[0])": kemi.Str("a"), "$srvquery(x => port[2])": kemi.Int(5062), "$srvquery(x=>port[3])": kemi.Null,
			"$naptrquery(x=>regex[0])": kemi.Str("!a!b!"), "$naptrquery(x=>replace[1])": kemi.Str("t"), "$naptrquery(x=>pref[0])": kemi.Int(9),
			"$ptrquery(x=>hostname)": kemi.Str("both.test"), "$srvquery(x=>port)": kemi.Null, "$srvquery(x=>port[)": kemi.Null, "$dns(x)": kemi.Null, "$HN(x)": kemi.Null,
		} {
			want(variable, read(c, variable), value)
		}
	})
	h.Run("", func(c *kemi.Ctx) { // an event without a message
		if call(h, c, "dns_query", "both.test", "x") != yes || read(c, "$dns(x=>count)") != kemi.Int(2) {
			t.Error("without a message")
		}
		if read(c, "$HN(n)").IsNull() != read(c, "$HN(f)").IsNull() {
			t.Error("the machine's name")
		}
	})
}
