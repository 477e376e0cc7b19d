package permissions

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// near is an address close to others: few bits differ.
func near(r *rand.Rand, v4 bool) netip.Addr {
	b := [16]byte{0x20, 1, 0xd, 0xb8}
	for range 3 {
		b[r.IntN(16)] |= 1 << r.IntN(8)
	}
	if v4 {
		return netip.AddrFrom4([4]byte(b[:4]))
	}
	return netip.AddrFrom16(b)
}

// search is the plain way to find a network.
func search(list []network, ip netip.Addr, w wanted) (best *network) {
	for i := range list {
		n := &list[i]
		if !netip.PrefixFrom(n.addr, n.bits).Contains(ip) || !w.fits(&n.entry) {
			continue
		}
		if best == nil || w.longest && n.bits > best.bits {
			best = n
		}
	}
	return best
}

func TestNetworksAgreeWithASearch(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test that can be repeated
	b := newAddressBuilder(400)
	for range 400 {
		ip := near(r, r.IntN(2) == 0)
		port := []int{0, 5060}[r.IntN(2)]
		if err := b.add(record{entry{group: 1 + r.IntN(4), port: port}, ip.String(), 1 + r.IntN(ip.BitLen()-1)}); err != nil {
			t.Fatal(err)
		}
	}
	a := b.finish()
	found := 0
	for range 5000 {
		ip := near(r, r.IntN(2) == 0)
		w := wanted{group: 1 + r.IntN(5), port: 5060 * r.IntN(2), anyGroup: r.IntN(2) == 0, longest: r.IntN(2) == 0}
		got, want := a.networks.find(ip, w), search(a.networks.list, ip, w)
		if want == nil && got == nil {
			continue
		}
		if found++; want == nil || got != &want.entry {
			t.Fatalf("%v %+v: found %+v, want %+v", ip, w, got, want)
		}
	}
	if found < 1000 {
		t.Errorf("only %d addresses were in a network", found)
	}
}
