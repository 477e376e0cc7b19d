package kemi

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/resolve"
)

// hostsFile is the machine's own table of names.
const hostsFile = "/etc/hosts"

// dnsNumbers are the core parameters of the resolver. They may change while the server runs. Not among them:
// dns_search_full_match (an answer that does not repeat the whole question never counts), and dns_servers, a text.
var dnsNumbers = []dnsParam{
	dnsSwitch("dns_try_ipv6", func(v *resolve.Values) *bool { return &v.IPv6 }, "ask for IPv6 addresses too"),
	dnsSwitch("dns_try_naptr", func(v *resolve.Values) *bool { return &v.NAPTR }, "ask for NAPTR records where a URI names no transport"),
	dnsPreference("dns_udp_pref", flow.UDP), dnsPreference("dns_tcp_pref", flow.TCP),
	dnsPreference("dns_tls_pref", flow.TLS), dnsPreference("dns_sctp_pref", flow.SCTP),
	dnsTime("dns_retr_time", time.Second, func(v *resolve.Values) *time.Duration { return &v.TryTime }, "seconds until a question is repeated; below 0: as resolv.conf says"),
	dnsTime("dns_slow_query_ms", time.Millisecond, func(v *resolve.Values) *time.Duration { return &v.Slow }, "milliseconds after which an answer is logged as slow; 0: never"),
	dnsNumber("dns_retr_no", func(v *resolve.Values) *int { return &v.Tries }, "how often a server is asked; below 0: as resolv.conf says"),
	dnsNumber("dns_servers_no", func(v *resolve.Values) *int { return &v.ServersNo }, "how many of the servers are asked; below 0: all"),
	dnsSwitch("dns_use_search_list", func(v *resolve.Values) *bool { return &v.Search }, "try the endings of resolv.conf"),
	{
		"dns_naptr_ignore_rfc", func(v *resolve.Values) int { return truth(!v.NAPTROrder) },
		func(v *resolve.Values, n int) { v.NAPTROrder = n == 0 }, "the preferred transport comes before the order of NAPTR records",
	},
	dnsSwitch("use_dns_cache", func(v *resolve.Values) *bool { return &v.Cache }, "remember answers"),
	{"dns_cache_flags", dnsFlags, setDNSFlags, "1: IPv4 only, 2: IPv6 only, 4: IPv6 first"},
	dnsSwitch("use_dns_failover", func(v *resolve.Values) *bool { return &v.Failover }, "try all addresses of a next hop; it needs the cache"),
	dnsSwitch("dns_srv_lb", func(v *resolve.Values) *bool { return &v.Balance }, "choose among SRV records by weight; it needs use_dns_failover"),
	dnsTime("dns_cache_negative_ttl", time.Second, func(v *resolve.Values) *time.Duration { return &v.Negative }, "seconds to remember that there is no such record; 0: not at all"),
	dnsTime("dns_cache_min_ttl", time.Second, func(v *resolve.Values) *time.Duration { return &v.MinTTL }, "least seconds to remember a record"),
	{"dns_cache_max_ttl", dnsMaxTTL, setDNSMaxTTL, "most seconds to remember a record; below 0: no bound"},
	{
		"dns_cache_mem", func(v *resolve.Values) int { return v.Memory >> 10 },
		func(v *resolve.Values, n int) { v.Memory = max(0, n) << 10 }, "KiB that the cache may take",
	},
	dnsSwitch("dns_cache_del_nonexp", func(v *resolve.Values) *bool { return &v.MakeRoom }, "a full cache forgets what was unused for longest"),
	{
		"dns_cache_rec_pref", func(v *resolve.Values) int { return int(v.Keep) },
		func(v *resolve.Values, n int) { v.Keep = resolve.Keep(n) }, "of two answers keep: 1 the old one, 2 the new one, 3 the one that lives longer",
	},
	dnsTime("dns_cache_gc_interval", time.Second, func(v *resolve.Values) *time.Duration { return &v.Sweep }, "seconds between removals of what has expired"),
}

// dnsParam is one of them.
type dnsParam struct {
	name string
	get  func(*resolve.Values) int
	set  func(*resolve.Values, int)
	doc  string
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func dnsSwitch(name string, field func(*resolve.Values) *bool, doc string) dnsParam {
	return dnsParam{
		name, func(v *resolve.Values) int { return truth(*field(v)) },
		func(v *resolve.Values, n int) { *field(v) = n != 0 }, doc,
	}
}

func dnsNumber(name string, field func(*resolve.Values) *int, doc string) dnsParam {
	return dnsParam{
		name, func(v *resolve.Values) int { return *field(v) },
		func(v *resolve.Values, n int) { *field(v) = n }, doc,
	}
}

func dnsPreference(name string, p flow.Proto) dnsParam {
	return dnsNumber(name, func(v *resolve.Values) *int { return &v.Prefer[p] }, "preference of "+p.Upper()+"; below 0: not used")
}

func dnsTime(name string, unit time.Duration, field func(*resolve.Values) *time.Duration, doc string) dnsParam {
	return dnsParam{
		name, func(v *resolve.Values) int {
			if *field(v) < 0 {
				return -1
			}
			return int(*field(v) / unit)
		},
		func(v *resolve.Values, n int) { *field(v) = time.Duration(n) * unit }, doc,
	}
}

func dnsFlags(v *resolve.Values) int { return truth(v.Only4) | truth(v.Only6)<<1 | truth(v.First6)<<2 }

func setDNSFlags(v *resolve.Values, n int) { v.Only4, v.Only6, v.First6 = n&1 != 0, n&2 != 0, n&4 != 0 }

func dnsMaxTTL(v *resolve.Values) int {
	if v.MaxTTL == math.MaxInt64 {
		return -1
	}
	return int(v.MaxTTL / time.Second)
}

func setDNSMaxTTL(v *resolve.Values, n int) {
	if v.MaxTTL = time.Duration(n) * time.Second; n < 0 {
		v.MaxTTL = math.MaxInt64
	}
}

// dnsValues reads the parameters.
func dnsValues(cfg *config.Config) (resolve.Values, error) {
	v := resolve.DefaultValues()
	for _, p := range dnsNumbers {
		p.set(&v, int(cfg.Int(p.name, int64(p.get(&v)))))
	}
	if !cfg.Bool("dns_cache_init", true) {
		v.Cache = false
	}
	line, ok := cfg.Lookup("dns_servers")
	if !ok {
		return v, nil
	}
	for text := range strings.SplitSeq(line.Value.Str, ",") {
		server, err := resolve.ParseServer(text)
		if err != nil {
			return v, config.Errors{cfg.Diagnostic(line.ValuePos, err.Error(), `addresses with or without a port, as in "192.0.2.1, [2001:db8::1]:5353"`)}
		}
		v.Servers = append(v.Servers, server)
	}
	return v, nil
}

// makeResolver makes the resolver of the configuration, unless the embedding program has brought one.
func (s *Server) makeResolver(o *Options, sockets []*flow.Socket) error {
	if o.Resolver != nil {
		return nil
	}
	v, err := dnsValues(o.Config)
	if err != nil {
		return err
	}
	protos := []flow.Proto{}
	for _, sock := range sockets {
		protos = append(protos, sock.Proto)
	}
	r := resolve.Options{Values: v, Clock: s.Clock, Hosts: hostsFile, Protos: protos, Slow: s.slowQuery, Source: o.DNS}
	if o.DNS != nil {
		r.Hosts = ""
	}
	if o.Seed != 0 {
		r.Random = rand.New(rand.NewPCG(o.Seed, 0)).Uint32
	}
	o.Resolver = resolve.New(r)
	return nil
}

// slowQuery logs an answer that took longer than dns_slow_query_ms.
func (s *Server) slowQuery(q resolve.SlowQuery) {
	s.Log.Warning("<core>", fmt.Sprintf("DNS: %s of %s took %d ms", q.Type, q.Name, q.Took.Milliseconds()))
}

// dnsVars are the parameters of the resolver for cfg.get and cfg.set.
func dnsVars(d *resolve.DNS) []RuntimeVar {
	var vars []RuntimeVar
	for _, p := range dnsNumbers {
		vars = append(vars, RuntimeVar{
			Name: p.name, Kind: KindInt, Doc: p.doc,
			Get: func() Value { return Int(p.get(d.Values())) },
			Set: func(x Value) error { d.Change(func(v *resolve.Values) { p.set(v, x.Int()) }); return nil },
		})
	}
	return vars
}
