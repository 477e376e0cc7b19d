package permissions

import (
	"fmt"
	"net/netip"
	"testing"
)

// many are 100,000 entries: half addresses, half networks of eight lengths, in 100 groups.
func many(b *testing.B) *addresses {
	build := newAddressBuilder(50_000)
	for i := range 50_000 {
		host := record{entry: entry{group: 1 + i%100}, address: fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)}
		network := record{entry: entry{group: 1 + i%100}, address: fmt.Sprintf("%d.%d.%d.0", 20+i>>16, i>>8&255, i&255), mask: 17 + i%8}
		if err := build.add(host); err != nil {
			b.Fatal(err)
		}
		if err := build.add(network); err != nil {
			b.Fatal(err)
		}
	}
	return build.finish()
}

func BenchmarkFindIP(b *testing.B) {
	a := many(b)
	for name, text := range map[string]string{"address": "10.0.100.100", "network": "20.100.100.7", "none": "192.0.2.1"} {
		for kind, w := range map[string]wanted{"group": {group: 1 + (100<<8+100)%100}, "any": {anyGroup: true}} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				b.ReportAllocs()
				ip := netip.MustParseAddr(text)
				for b.Loop() {
					a.findIP(ip, w)
				}
			})
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		many(b)
	}
}
