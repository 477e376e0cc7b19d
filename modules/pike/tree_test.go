package pike

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"
)

// allowed is how many requests of a source pass before it is blocked.
func allowed(t *tree, addr string) int {
	for n := range 1000 {
		if t.mark(netip.MustParseAddr(addr)) == newBlocked {
			return n
		}
	}
	return -1
}

func TestLimits(t *testing.T) {
	cases := []struct {
		density int
		addr    []string
		want    []int // as the incumbent has it
	}{
		{4, []string{"198.51.100.111"}, []int{7}},
		{30, []string{"9.2.3.4", "9.2.3.5", "9.3.3.5"}, []int{38, 30, 32}},
		{30, []string{"::ffff:9.2.3.4"}, []int{38}},
		{4, []string{"2001:db8::1", "2001:db8::2"}, []int{19, 4}},
	}
	for _, tc := range cases {
		x := &tree{density: tc.density}
		for i, addr := range tc.addr {
			if n := allowed(x, addr); n != tc.want[i] {
				t.Errorf("density %d: %s: %d pass, want %d", tc.density, addr, n, tc.want[i])
			}
		}
	}
}

func TestBlockedUntilQuietForAUnit(t *testing.T) {
	x, addr := &tree{density: 4}, netip.MustParseAddr("9.2.3.4")
	allowed(x, "9.2.3.4")
	x.turn(10)
	if v := x.mark(addr); v != blocked {
		t.Fatalf("in the next unit: %v", v)
	}
	x.turn(10)
	if v := x.mark(addr); v != fine {
		t.Fatalf("in the unit after: %v", v)
	}
}

func TestForgets(t *testing.T) {
	x := &tree{density: 4}
	allowed(x, "9.2.3.4")
	allowed(x, "2001:db8::1")
	for range 3 {
		x.turn(3)
	}
	if n := len(x.sources()); n != 2 {
		t.Fatalf("%d sources before their time", n)
	}
	x.turn(3)
	if n := len(x.sources()); n != 0 || x.roots[0][9].node != nil || x.nodes.Load() != 0 {
		t.Fatalf("%d sources and %d nodes after their time", n, x.nodes.Load())
	}
}

func TestFloodOfNewAddressesTakesLittle(t *testing.T) {
	x := &tree{density: 30}
	for i := range 1 << 16 {
		x.mark(netip.AddrFrom4([4]byte{byte(i), byte(i >> 8), 1, 1}))
	}
	nodes := 0
	for i := range x.roots[0] {
		nodes += count(x.roots[0][i].node)
	}
	if nodes > 1<<16 {
		t.Fatalf("%d nodes", nodes)
	}
}

func count(n *node) int {
	if n == nil {
		return 0
	}
	sum := 1
	for _, child := range n.children {
		sum += count(child)
	}
	return sum
}

func TestManyAtOnce(t *testing.T) {
	x := &tree{density: 30}
	var workers sync.WaitGroup
	for w := range 4 {
		workers.Go(func() {
			for i := range 5000 {
				x.mark(netip.MustParseAddr(fmt.Sprintf("10.%d.%d.%d", w, i%7, i%11)))
				if i%1000 == 0 {
					x.turn(5)
					x.sources()
				}
			}
		})
	}
	workers.Wait()
}

func BenchmarkMark(b *testing.B) {
	x, addr := &tree{density: 30}, netip.MustParseAddr("9.2.3.4")
	b.ReportAllocs()
	for b.Loop() {
		x.mark(addr)
	}
}
