package permissions

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"sort"
)

// network is one network of the table.
type network struct {
	entry
	addr netip.Addr // as written: it may have bits set beyond the prefix
	bits int
}

// networks are searched by prefix: one look-up for each length in use, so that their number does not matter.
type networks struct {
	list    []network        // by group, and in the order of the table within
	at      map[prefix][]int // where a prefix stands in list, ascending
	lengths map[bool][]int   // the lengths in use, longest first; the key tells IPv4
}

// prefix is the key of a network: the bits of its address that count, and their number. It is cheaper to look up than a
// netip.Prefix.
type prefix struct {
	high, low uint64
	bits      int // below 0: of an IPv4 address
}

func prefixOf(ip netip.Addr, bits int) prefix {
	if ip.Is4() {
		b := ip.As4()
		return prefix{low: uint64(binary.BigEndian.Uint32(b[:])) >> (32 - bits), bits: -bits}
	}
	b := ip.As16()
	high, low := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	if bits <= 64 {
		return prefix{high: high >> (64 - bits), bits: bits}
	}
	return prefix{high, low >> (128 - bits), bits}
}

// build makes the index of a list.
func (n *networks) build(list []network) {
	slices.SortStableFunc(list, func(a, b network) int { return a.group - b.group })
	n.list, n.at, n.lengths = list, make(map[prefix][]int, len(list)), map[bool][]int{}
	for i := range list {
		x := &list[i]
		key := prefixOf(x.addr, x.bits)
		n.at[key] = append(n.at[key], i)
		if v4 := x.addr.Is4(); !slices.Contains(n.lengths[v4], x.bits) {
			n.lengths[v4] = append(n.lengths[v4], x.bits)
		}
	}
	for _, bits := range n.lengths {
		slices.SortFunc(bits, func(a, b int) int { return b - a })
	}
}

// find gives the first network of the list that an address is in, or the one with the longest prefix.
func (n *networks) find(ip netip.Addr, w wanted) *entry {
	best := len(n.list)
	for _, bits := range n.lengths[ip.Is4()] {
		if i, ok := n.first(n.at[prefixOf(ip, bits)], &w); ok && i < best {
			best = i
			if w.longest {
				break
			}
		}
	}
	if best == len(n.list) {
		return nil
	}
	return &n.list[best].entry
}

// first is the first of some places, ascending and so by group, that fits.
func (n *networks) first(places []int, w *wanted) (int, bool) {
	if !w.anyGroup && len(places) > 8 {
		places = places[sort.Search(len(places), func(i int) bool { return n.list[places[i]].group >= w.group }):]
	}
	for _, i := range places {
		if w.fits(&n.list[i].entry) {
			return i, true
		}
		if !w.anyGroup && n.list[i].group > w.group {
			break
		}
	}
	return 0, false
}
