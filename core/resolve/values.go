package resolve

import (
	"math"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// Values are the core parameters of the resolver.
type Values struct {
	Cache    bool // use_dns_cache
	Failover bool // use_dns_failover: all addresses of a hop, else the first one that is found; it needs the cache
	IPv6     bool // dns_try_ipv6: AAAA records too
	NAPTR    bool // dns_try_naptr: ask for NAPTR records where a URI names no transport
	// NAPTROrder keeps to the order of NAPTR records; else the preferred transport comes first (dns_naptr_ignore_rfc=no).
	NAPTROrder bool
	Balance    bool               // dns_srv_lb: by the weights of SRV records, else the heaviest comes first; it needs Failover
	Prefer     [flow.SCTP + 1]int // dns_udp_pref and its kin, by transport: the highest comes first, below 0 is not used
	Only4      bool               // dns_cache_flags, bit 1
	Only6      bool               // bit 2
	First6     bool               // bit 3: IPv6 addresses come first
	Negative   time.Duration      // dns_cache_negative_ttl: how long it is remembered that there are no records; 0: not at all
	MinTTL     time.Duration      // dns_cache_min_ttl
	MaxTTL     time.Duration      // dns_cache_max_ttl
	Memory     int                // dns_cache_mem, in bytes
	Sweep      time.Duration      // dns_cache_gc_interval
	MakeRoom   bool               // dns_cache_del_nonexp: a full cache forgets what was unused for longest; else it takes nothing new
	Keep       Keep               // dns_cache_rec_pref
	Servers    []string           // dns_servers: addresses with ports; empty: those of /etc/resolv.conf
	ServersNo  int                // dns_servers_no: how many of them are asked; below 0: all
	TryTime    time.Duration      // dns_retr_time: until a question is repeated; below 0: as /etc/resolv.conf says
	Tries      int                // dns_retr_no: how often a server is asked; below 0: as /etc/resolv.conf says
	Search     bool               // dns_use_search_list
	Slow       time.Duration      // dns_slow_query_ms: answers that take longer are told of; 0: none
}

// Keep says which of two answers for the same question the cache keeps.
type Keep int

// The values of dns_cache_rec_pref; any other keeps the new answer too.
const (
	KeepOld     Keep = 1 // as long as it has not expired
	KeepNew     Keep = 2
	KeepLongest Keep = 3 // the one that expires later
)

// DefaultValues are the incumbent's defaults.
func DefaultValues() Values {
	v := Values{
		Cache: true, IPv6: true, Negative: time.Minute, MaxTTL: math.MaxInt64, Memory: 500 << 10, Sweep: 2 * time.Minute,
		ServersNo: -1, TryTime: -1, Tries: -1, Search: true,
	}
	v.Prefer[flow.UDP], v.Prefer[flow.TCP], v.Prefer[flow.TLS], v.Prefer[flow.SCTP] = 30, 20, 10, 20
	return v
}
