package fakenet

import (
	"net/netip"
	"time"
)

// Link says what happens to packets in one direction between two hosts. Streams take the delay
// only: they lose, repeat and reorder nothing.
type Link struct {
	Loss      float64       // share of datagrams that vanish, 0 to 1
	Duplicate float64       // share of datagrams that arrive twice
	Delay     time.Duration // of every packet
	Jitter    time.Duration // up to this much more, evenly; datagrams overtake each other
}

// SetLink sets one direction between two hosts.
func (n *Net) SetLink(from, to netip.Addr, l Link) { n.links[pair{from, to}] = l }

// SetAll sets all directions that have no link of their own. From New it is a delay of 1 ms.
func (n *Net) SetAll(l Link) { n.all = l }

// Partition cuts both directions between two hosts until Heal. Datagrams vanish; connections
// between them break.
func (n *Net) Partition(a, b netip.Addr) {
	n.cut[pair{a, b}], n.cut[pair{b, a}] = true, true
	n.trace("cut %s %s", a, b)
}

// Heal undoes Partition.
func (n *Net) Heal(a, b netip.Addr) {
	delete(n.cut, pair{a, b})
	delete(n.cut, pair{b, a})
	n.trace("heal %s %s", a, b)
}

func (n *Net) link(p pair) Link {
	if l, ok := n.links[p]; ok {
		return l
	}
	return n.all
}

// delay is how long one packet takes.
func (n *Net) delay(l Link) time.Duration {
	if l.Jitter <= 0 {
		return l.Delay
	}
	return l.Delay + time.Duration(n.rng.Int64N(int64(l.Jitter)+1))
}

// chance is true in the given share of calls. The random source is asked each time, so that a
// change of one link's figures leaves the other draws alone.
func (n *Net) chance(share float64) bool { return n.rng.Float64() < share }
