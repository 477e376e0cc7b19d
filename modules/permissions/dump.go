package permissions

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/moonroute/moonroute/core/hash"
	"github.com/moonroute/moonroute/core/rpc"
)

// buckets is the size of the incumbent's tables. Dumps show the bucket of each entry and are in that order.
const buckets = 128

// dumped is an entry of a table with its key.
type dumped[K, V any] struct {
	key    K
	bucket int
	value  *V
}

// inOrder is a table's content by bucket, and within one as compare says.
func inOrder[K comparable, V any](table map[K][]V, bucket func(K) int, compare func(a, b *V) int) (list []dumped[K, V]) {
	for key, values := range table {
		for i := range values {
			list = append(list, dumped[K, V]{key, bucket(key), &values[i]})
		}
	}
	slices.SortFunc(list, func(a, b dumped[K, V]) int {
		return cmp.Or(cmp.Compare(a.bucket, b.bucket), compare(a.value, b.value))
	})
	return list
}

func newestFirst(a, b *entry) int { return cmp.Compare(b.order, a.order) }

func highestFirst(a, b *peer) int {
	return cmp.Or(cmp.Compare(b.priority, a.priority), cmp.Compare(a.order, b.order))
}

// addrBucket goes by the first four bytes.
func addrBucket(a netip.Addr) int { return hash.Bucket(string(a.AsSlice()[:4]), buckets) }
func textBucket(s string) int     { return hash.Bucket(s, buckets) }

func (s *state) rpcAddressDump(c *rpc.Call) error {
	t := s.addresses.Load()
	if t == nil {
		return c.Fault(500, "No address table")
	}
	for _, x := range inOrder(t.hosts, addrBucket, newestFirst) {
		item := c.AddStruct().Add("table", x.bucket).Add("group", x.value.group).Struct("item")
		item.Add("ip", x.key.String()).Add("port", x.value.port).Add("tag", x.value.tag.orNull())
	}
	return nil
}

func (s *state) rpcSubnetDump(c *rpc.Call) error {
	t := s.addresses.Load()
	if t == nil {
		return c.Fault(500, "No subnet table")
	}
	for i := range t.networks.list {
		n := &t.networks.list[i]
		item := c.AddStruct().Add("id", i).Add("group", n.group).Struct("item")
		item.Add("ip", n.addr.String()).Add("mask", n.bits).Add("port", n.port).Add("tag", n.tag.text)
	}
	return nil
}

func (s *state) rpcDomainDump(c *rpc.Call) error {
	t := s.addresses.Load()
	if t == nil {
		return c.Fault(500, "No domain list table")
	}
	out := c.AddStruct() // one for all entries, whose members repeat
	for _, x := range inOrder(t.names, textBucket, newestFirst) {
		item := out.Add("table", x.bucket).Add("group", x.value.group).Struct("item")
		item.Add("domain_name", x.key).Add("port", x.value.port).Add("tag", x.value.tag.orNull())
	}
	return nil
}

func (s *state) rpcTrustedDump(c *rpc.Call) error {
	t := s.trusted.Load()
	if t == nil {
		return c.Fault(500, "No trusted table")
	}
	out := c.AddStruct() // one for all entries, whose members repeat
	for _, x := range inOrder(t.bySource, textBucket, highestFirst) {
		p := x.value
		item := out.Add("table", x.bucket).Struct("item")
		item.Add("ip", x.key).Add("proto", int(p.proto)).Add("pattern", p.from.shown()).Add("ruri_pattern", p.ruri.shown()).
			Add("tag", p.tag.orNull()).Add("priority", p.priority)
	}
	return nil
}

// shown is a pattern as dumps show it; an empty one is not NULL.
func (p *pattern) shown() string {
	if !p.set {
		return "NULL"
	}
	return p.text
}
