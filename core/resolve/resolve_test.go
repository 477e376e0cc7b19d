package resolve

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
)

// memory is a DNS in memory: lines "NAME TYPE data…", and what it was asked for.
type memory struct {
	mu    sync.Mutex
	zone  map[key][]Record
	fails map[string]error
	asked []string
	hold  chan struct{} // if set, answers wait for it
}

func newMemory(lines string) *memory {
	m := &memory{zone: map[key][]Record{}, fails: map[string]error{}}
	for line := range strings.Lines(lines) {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		r := Record{TTL: 60}
		kind := A
		switch f[1] {
		case "A":
			r.Addr = netip.MustParseAddr(f[2])
		case "AAAA":
			kind, r.Addr = AAAA, netip.MustParseAddr(f[2])
		case "SRV":
			kind = SRV
			_, _ = fmt.Sscan(f[2]+" "+f[3]+" "+f[4], &r.Priority, &r.Weight, &r.Port)
			r.Target = strings.TrimSuffix(f[5], ".")
		case "NAPTR":
			kind = NAPTR
			_, _ = fmt.Sscan(f[2]+" "+f[3], &r.Order, &r.Preference)
			r.Flags, r.Services, r.Replacement = "s", f[4], f[5]
		}
		k := key{f[0], kind}
		m.zone[k] = append(m.zone[k], r)
	}
	return m
}

func (m *memory) Ask(_ context.Context, name string, want Type) ([]Record, error) {
	m.mu.Lock()
	m.asked = append(m.asked, want.String()+" "+name)
	list, err, hold := m.zone[key{name, want}], m.fails[name], m.hold
	m.mu.Unlock()
	if hold != nil {
		<-hold
	}
	return list, err
}

// questions are what was asked for since the last call.
func (m *memory) questions() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	text := strings.Join(m.asked, ", ")
	m.asked = nil
	return text
}

const zoneText = `
a.test A 192.0.2.1
two.test A 192.0.2.1
two.test A 192.0.2.2
two.test AAAA 2001:db8::2
six.test AAAA 2001:db8::1
h1.test A 192.0.2.11
h2.test A 192.0.2.12
_sip._udp.srv.test SRV 20 10 5063 h1.test
_sip._udp.srv.test SRV 10 10 5061 h1.test
_sip._udp.srv.test SRV 10 30 5062 h2.test
_sip._tcp.srv.test SRV 10 10 5064 h1.test
srv.test A 192.0.2.3
_sip._tcp.tcp.test SRV 10 10 5064 h1.test
tcp.test A 192.0.2.4
_sips._tcp.tls.test SRV 10 10 5065 h1.test
naptr.test NAPTR 10 10 SIP+D2T _sip._tcp.srv.test
naptr.test NAPTR 20 10 SIP+D2U _sip._udp.srv.test
naptr.test NAPTR 5 10 E2U+sip x.test
_sip._udp.none.test SRV 1 1 5060 .
none.test A 192.0.2.5
_sip._udp.half.test SRV 1 1 5060 missing.test
_sip._udp.half.test SRV 2 1 5060 h1.test
`

func newDNS(m *memory, edit func(*Values)) (*DNS, *clock.Manual) {
	c := clock.NewManual(time.Unix(1_700_000_000, 0))
	v := DefaultValues()
	if edit != nil {
		edit(&v)
	}
	return New(Options{Values: v, Source: m, Clock: c}), c
}

func text(list []Target, err error) string {
	if err != nil {
		return "error"
	}
	var b []string
	for _, t := range list {
		b = append(b, t.Proto.String()+":"+t.Addr.String())
	}
	return strings.Join(b, " ")
}

// hopTo reads "host", "host:port" and ";transport=".
func hopTo(uri string) Hop {
	h := Hop{Proto: flow.UDP}
	host, transport, given := strings.Cut(uri, ";transport=")
	if given {
		h.Proto, h.ProtoGiven = flow.None, true
		h.Proto, _ = flow.ParseProto(transport)
	}
	h.Port = h.Proto.DefaultPort()
	name, port, ok := strings.Cut(host, ":")
	if h.Host = name; ok {
		h.PortGiven = true
		_, _ = fmt.Sscan(port, &h.Port)
	}
	return h
}

func failover(v *Values)   { v.Failover = true }
func tryNAPTR(v *Values)   { v.NAPTR = true }
func naptrOrder(v *Values) { v.NAPTR, v.NAPTROrder = true, true }
func preferTCP(v *Values)  { v.NAPTR = true; v.Prefer[flow.TCP] = 50 }
func noUDP(v *Values)      { v.NAPTR = true; v.Prefer[flow.UDP] = -1 }

// TestProcedure compares what is asked and found with the incumbent's recorded answers, but for
// a port beside dns_try_naptr, where RFC 3263 4.2 is followed.
func TestProcedure(t *testing.T) {
	for _, x := range []struct {
		name, uri   string
		edit        func(*Values)
		asked, want string
	}{
		{"a port means addresses", "srv.test:5070", nil, "A srv.test", "udp:192.0.2.3:5070"},
		{"a port with a transport", "srv.test:5070;transport=tcp", nil, "A srv.test", "tcp:192.0.2.3:5070"},
		{"a port beside NAPTR", "srv.test:5070", tryNAPTR, "A srv.test", "udp:192.0.2.3:5070"},
		{"the heaviest of the first priority", "srv.test", nil, "SRV _sip._udp.srv.test, A h2.test", "udp:192.0.2.12:5062"},
		{"the transport's records", "srv.test;transport=tcp", nil, "SRV _sip._tcp.srv.test, A h1.test", "tcp:192.0.2.11:5064"},
		{"TLS", "tls.test;transport=tls", nil, "SRV _sips._tcp.tls.test, A h1.test", "tls:192.0.2.11:5065"},
		{"no records of the transport", "tcp.test", nil, "SRV _sip._udp.tcp.test, A tcp.test", "udp:192.0.2.4:5060"},
		{"WebSocket has no SRV", "tcp.test;transport=ws", nil, "A tcp.test", "ws:192.0.2.4:80"},
		{"IPv6 where there is nothing else", "six.test:5060", nil, "A six.test, AAAA six.test", "udp:[2001:db8::1]:5060"},
		{"a target without addresses", "half.test", nil, "SRV _sip._udp.half.test, A missing.test, AAAA missing.test, A h1.test", "udp:192.0.2.11:5060"},
		{"a service that is not there", "none.test", nil, "SRV _sip._udp.none.test, A none.test", "udp:192.0.2.5:5060"},
		{"nothing", "missing.test", nil, "SRV _sip._udp.missing.test, A missing.test, AAAA missing.test", "error"},
		{"capitals and a final dot", "A.Test.:5060", nil, "A a.test", "udp:192.0.2.1:5060"},

		{"dns_try_naptr, by preference", "naptr.test", tryNAPTR, "NAPTR naptr.test, SRV _sip._udp.srv.test, A h2.test", "udp:192.0.2.12:5062"},
		{"dns_naptr_ignore_rfc=no", "naptr.test", naptrOrder, "NAPTR naptr.test, SRV _sip._tcp.srv.test, A h1.test", "tcp:192.0.2.11:5064"},
		{"dns_tcp_pref", "naptr.test", preferTCP, "NAPTR naptr.test, SRV _sip._tcp.srv.test, A h1.test", "tcp:192.0.2.11:5064"},
		{"dns_udp_pref below 0", "naptr.test", noUDP, "NAPTR naptr.test, SRV _sip._tcp.srv.test, A h1.test", "tcp:192.0.2.11:5064"},
		{"no NAPTR: the transports that have SRV", "tcp.test", tryNAPTR,
			"NAPTR tcp.test, SRV _sip._udp.tcp.test, SRV _sip._tcp.tcp.test, A h1.test", "tcp:192.0.2.11:5064"},
		{"a transport needs no NAPTR", "naptr.test;transport=udp", tryNAPTR, "SRV _sip._udp.naptr.test, A naptr.test, AAAA naptr.test", "error"},

		{"dns_try_ipv6=no", "six.test:5060", func(v *Values) { v.IPv6 = false }, "A six.test", "error"},
		{"dns_cache_flags=1", "six.test:5060", func(v *Values) { v.Only4 = true }, "A six.test", "error"},
		{"dns_cache_flags=2", "two.test:5060", func(v *Values) { v.Only6 = true }, "AAAA two.test", "udp:[2001:db8::2]:5060"},
		{"dns_cache_flags=4", "two.test:5060", func(v *Values) { v.First6 = true }, "AAAA two.test", "udp:[2001:db8::2]:5060"},
		{"dns_cache_flags=4, IPv4 only", "a.test:5060", func(v *Values) { v.First6 = true }, "AAAA a.test, A a.test", "udp:192.0.2.1:5060"},

		{"failover: all addresses", "two.test:5060", failover, "A two.test, AAAA two.test", "udp:192.0.2.1:5060 udp:192.0.2.2:5060 udp:[2001:db8::2]:5060"},
		{"failover: all records", "srv.test", failover, "", "udp:192.0.2.12:5062 udp:192.0.2.11:5061 udp:192.0.2.11:5063"},
		{"failover: all services", "naptr.test", func(v *Values) { tryNAPTR(v); failover(v) }, "",
			"udp:192.0.2.12:5062 udp:192.0.2.11:5061 udp:192.0.2.11:5063 tcp:192.0.2.11:5064"},
	} {
		m := newMemory(zoneText)
		d, _ := newDNS(m, x.edit)
		if _, ok, _ := d.Cached(hopTo(x.uri)); ok {
			t.Errorf("%s: known before it was asked for", x.name)
		}
		if got := text(d.Lookup(t.Context(), hopTo(x.uri))); got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		}
		if asked := m.questions(); asked != x.asked && x.asked != "" {
			t.Errorf("%s: asked %s\nwant %s", x.name, asked, x.asked)
		}
		list, ok, err := d.Cached(hopTo(x.uri))
		if got := text(list, err); !ok || got != x.want || m.questions() != "" {
			t.Errorf("%s: out of the cache %v %s, want %s", x.name, ok, got, x.want)
		}
	}
}

// TestWeights draws records with the chances of RFC 2782, without sight of one another.
func TestWeights(t *testing.T) {
	m := newMemory("_sip._udp.w.test SRV 1 60 1 h1.test\n_sip._udp.w.test SRV 1 30 2 h1.test\n_sip._udp.w.test SRV 1 10 3 h1.test\n" +
		"_sip._udp.w.test SRV 1 0 4 h1.test\n_sip._udp.w.test SRV 2 99 5 h1.test\nh1.test A 192.0.2.1\n")
	d, _ := newDNS(m, func(v *Values) { v.Failover, v.Balance = true, true })
	n := uint32(0)
	d.opt.Random = func() uint32 { n++; return n }
	_, _ = d.Lookup(t.Context(), hopTo("w.test"))
	first := map[uint16]int{}
	const calls = 10100
	for range calls {
		list, _, _ := d.Cached(hopTo("w.test"))
		if len(list) != 5 || list[4].Addr.Port() != 5 {
			t.Fatalf("%v", list)
		}
		first[list[0].Addr.Port()]++
		n += 7 // the draws of one list are not those of the next one
	}
	for port, share := range map[uint16]int{1: 6000, 2: 3000, 3: 1000, 4: 100} {
		if got := first[port]; got < share*95/100-20 || got > share*105/100+20 {
			t.Errorf("port %d was first in %d of %d", port, got, calls)
		}
	}
}

// TestLives: answers are asked for again when they expire, within the bounds of the parameters.
func TestLives(t *testing.T) {
	for _, x := range []struct {
		name, host string
		ttl        uint32
		edit       func(*Values)
		lives      time.Duration
	}{
		{"its own time", "a.test", 60, nil, time.Minute},
		{"none", "a.test", 0, nil, 0},
		{"dns_cache_min_ttl", "a.test", 0, func(v *Values) { v.MinTTL = 5 * time.Second }, 5 * time.Second},
		{"dns_cache_max_ttl", "a.test", 60, func(v *Values) { v.MaxTTL = 2 * time.Second }, 2 * time.Second},
		{"no such name", "missing.test", 0, func(v *Values) { v.IPv6 = false }, time.Minute},
		{"dns_cache_negative_ttl", "missing.test", 0, func(v *Values) { v.Negative = time.Second }, time.Second},
		{"no memory for what is not there", "missing.test", 0, func(v *Values) { v.Negative = 0 }, 0},
		{"use_dns_cache=no", "a.test", 60, func(v *Values) { v.Cache = false }, 0},
	} {
		m := newMemory("")
		if x.host == "a.test" {
			m.zone[key{"a.test", A}] = []Record{{TTL: x.ttl, Addr: netip.MustParseAddr("192.0.2.1")}}
		}
		d, c := newDNS(m, x.edit)
		hop := hopTo(x.host + ":5060")
		_, _ = d.Lookup(t.Context(), hop)
		if _, ok, _ := d.Cached(hop); ok != (x.lives > 0) {
			t.Errorf("%s: cached %v", x.name, ok)
		}
		c.Advance(x.lives)
		if _, ok, _ := d.Cached(hop); ok {
			t.Errorf("%s: it lives longer than %v", x.name, x.lives)
		}
	}
}

// TestSilence: servers that do not answer end a lookup, and are left alone for a while.
func TestSilence(t *testing.T) {
	m := newMemory(zoneText)
	m.fails["_sip._udp.srv.test"] = ErrSilent
	d, c := newDNS(m, nil)
	for range 2 {
		if _, err := d.Lookup(t.Context(), hopTo("srv.test")); !errors.Is(err, ErrSilent) {
			t.Errorf("%v", err)
		}
	}
	if got := m.questions(); got != "SRV _sip._udp.srv.test" {
		t.Error(got)
	}
	c.Advance(time.Minute)
	delete(m.fails, "_sip._udp.srv.test")
	if got := text(d.Lookup(t.Context(), hopTo("srv.test"))); got != "udp:192.0.2.12:5062" {
		t.Error(got)
	}
}

// TestSilenceBeforeAddresses: what is known of the host itself counts though nobody answers for its SRV records.
func TestSilenceBeforeAddresses(t *testing.T) {
	m := newMemory(zoneText)
	m.fails["_sip._udp.a.test"] = ErrSilent
	d, _ := newDNS(m, nil)
	d.Put("a.test", A, Addresses([]netip.Addr{netip.MustParseAddr("192.0.2.77")}), 0)
	for range 2 {
		if got := text(d.Lookup(t.Context(), hopTo("a.test"))); got != "udp:192.0.2.77:5060" {
			t.Error(got)
		}
	}
	if list, ok, err := d.Cached(hopTo("a.test")); !ok || text(list, err) != "udp:192.0.2.77:5060" {
		t.Error(list, ok, err)
	}
}

// TestDown: with the servers said to be away nothing is asked and what has expired still counts.
func TestDown(t *testing.T) {
	m := newMemory(zoneText)
	d, c := newDNS(m, nil)
	_, _ = d.Lookup(t.Context(), hopTo("a.test:5060"))
	m.questions()
	c.Advance(time.Hour)
	d.SetDown(true)
	if list, ok, err := d.Cached(hopTo("a.test:5060")); !ok || text(list, err) != "udp:192.0.2.1:5060" {
		t.Error("an old answer is better than none")
	}
	if _, ok, err := d.Cached(hopTo("two.test:5060")); !ok || !errors.Is(err, ErrDown) || m.questions() != "" {
		t.Error("a new name needs a server")
	}
}

// TestSameQuestion: many who want the same name wait for one answer.
func TestSameQuestion(t *testing.T) {
	m := newMemory(zoneText)
	m.hold = make(chan struct{})
	d, _ := newDNS(m, nil)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if got := text(d.Lookup(t.Context(), hopTo("a.test:5060"))); got != "udp:192.0.2.1:5060" {
				t.Error(got)
			}
		})
	}
	close(m.hold)
	all.Wait()
	if got := m.questions(); got != "A a.test" {
		t.Error(got)
	}
}

// TestNotKept: an answer that is not to be remembered is asked for once in a lookup.
func TestNotKept(t *testing.T) {
	m := newMemory("_sip._udp.x.test SRV 1 1 1 h1.test\n_sip._udp.x.test SRV 2 1 2 h2.test\nh1.test A 192.0.2.1\nh2.test A 192.0.2.2\n")
	for _, records := range m.zone {
		for i := range records {
			records[i].TTL = 0
		}
	}
	d, _ := newDNS(m, func(v *Values) { failover(v); v.IPv6 = false })
	if got := text(d.Lookup(t.Context(), hopTo("x.test"))); got != "udp:192.0.2.1:1 udp:192.0.2.2:2" {
		t.Error(got)
	}
	if asked := strings.Split(m.questions(), ", "); len(asked) != 3 {
		t.Errorf("asked %v", asked)
	}
}

// TestMostTargets: the list for a hop is bounded, wherever a zone puts its many records.
func TestMostTargets(t *testing.T) {
	var many strings.Builder
	for i := range 100 {
		fmt.Fprintf(&many, "wide.test A 192.0.2.%d\nwide.test AAAA 2001:db8::%d\n", i, i)
		fmt.Fprintf(&many, "_sip._udp.wide.test SRV 1 1 %d wide.test\n", i+1)
		fmt.Fprintf(&many, "_sip._udp.long.test SRV 1 1 %d h%d.test\nh%d.test A 192.0.2.%d\n", i+1, i, i, i)
		fmt.Fprintf(&many, "services.test NAPTR %d 10 SIP+D2U _sip%d._udp.services.test\n_sip%d._udp.services.test SRV 1 1 %d h1.test\n", i, i, i, i+1)
	}
	for _, uri := range []string{"wide.test:5060", "wide.test", "long.test", "services.test"} {
		d, _ := newDNS(newMemory(many.String()), func(v *Values) { failover(v); tryNAPTR(v) })
		if list, err := d.Lookup(t.Context(), hopTo(uri)); err != nil || len(list) != maxTargets {
			t.Errorf("%s: %d targets, %v", uri, len(list), err)
		}
	}
}

func TestBound(t *testing.T) {
	put := func(d *DNS, name string) bool {
		return d.Put(name, A, Addresses([]netip.Addr{netip.IPv6Loopback()}), time.Minute)
	}
	d, c := newDNS(newMemory(""), func(v *Values) { v.Memory = 1000 })
	for i := range 100 {
		put(d, fmt.Sprintf("%03d.test", i))
	}
	if used, limit := d.Memory(); used > limit || len(d.Entries()) != 9 || put(d, "new.test") {
		t.Errorf("%d of %d bytes, %d names", used, limit, len(d.Entries()))
	}
	c.Advance(time.Minute)
	if !put(d, "new.test") || len(d.Entries()) != 1 {
		t.Error("what has expired makes room")
	}

	d, c = newDNS(newMemory(""), func(v *Values) { v.Memory, v.MakeRoom = 250, true })
	d.Put("ever.test", A, nil, 0)
	for _, name := range []string{"1.test", "2.test"} {
		put(d, name)
		c.Advance(time.Second)
	}
	if !put(d, "3.test") {
		t.Error("dns_cache_del_nonexp makes room")
	}
	var names []string
	for _, e := range d.Entries() {
		names = append(names, e.Name)
	}
	if !slices.Equal(names, []string{"3.test", "ever.test"}) {
		t.Error(names)
	}
}

func TestHosts(t *testing.T) {
	d, _ := newDNS(newMemory(zoneText), nil)
	names := parseHosts("127.0.0.1 localhost a.test\n::1 localhost ip6 # comment\nbad line\n192.0.2.9 only.here\n")
	d.hosts.names.Store(&names)
	for uri, want := range map[string]string{
		"localhost": "udp:127.0.0.1:5060", "a.test:5060": "udp:192.0.2.1:5060", "only.here:1": "udp:192.0.2.9:1", "ip6": "udp:[::1]:5060",
	} {
		if got := text(d.Lookup(t.Context(), hopTo(uri))); got != want {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
}

// TestKeep is dns_cache_rec_pref: whether a second answer takes the place of the first.
func TestKeep(t *testing.T) {
	for keep, want := range map[Keep]string{0: "192.0.2.2", KeepOld: "192.0.2.1", KeepNew: "192.0.2.2", KeepLongest: "192.0.2.1"} {
		d, _ := newDNS(newMemory(""), func(v *Values) { v.Keep = keep })
		k := key{"a.test", A}
		d.cache.note(k, []Record{{TTL: 60, Addr: netip.MustParseAddr("192.0.2.1")}}, nil)
		d.cache.note(k, []Record{{TTL: 30, Addr: netip.MustParseAddr("192.0.2.2")}}, nil)
		if e, _ := d.Find("a.test", A); e.Records[0].Addr.String() != want {
			t.Errorf("%d: %v", keep, e.Records)
		}
	}
}

func BenchmarkCached(b *testing.B) {
	d, _ := newDNS(newMemory(zoneText), failover)
	hop := hopTo("srv.test")
	_, _ = d.Lookup(b.Context(), hop)
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = d.Cached(hop)
	}
}
