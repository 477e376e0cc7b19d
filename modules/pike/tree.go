package pike

import (
	"net/netip"
	"sync"
	"sync/atomic"
)

// verdict is what one request of a source comes to.
type verdict uint8

const (
	fine       verdict = iota
	newBlocked         // this request is over the limit, the one before was not
	blocked
)

// tree counts requests by source address, a byte of the address a level. A source gets a
// counter of its own only when those above it are busy, so that a flood from many faked
// addresses needs little memory: with a density of d, requests from new networks meet
// d/4 shared ones first.
type tree struct {
	density int // requests of one source in a unit; from this on it is blocked
	nodes   atomic.Int64
	roots   [2][256]root
}

// maxNodes bounds the tree: some 50 MB. When it is full, new sources pass uncounted until old ones are forgotten.
const maxNodes = 1 << 18

// root is the first byte of an address; the tree below it has a lock of its own.
type root struct {
	mu   sync.Mutex
	node *node
}

// node is one byte of an address.
type node struct {
	shared, own counter // requests of all addresses below, and of the one that ends here
	idle        int     // units without a request
	children    map[byte]*node
}

// counter counts in the present and in the previous unit of time.
type counter struct{ present, previous int }

func (c *counter) turn() { c.present, c.previous = 0, c.present }

func (c counter) over(limit int) bool { return c.present >= limit || c.previous >= limit }

func (t *tree) root(addr []byte) *root {
	family := 0
	if len(addr) > 4 {
		family = 1
	}
	return &t.roots[family][addr[0]]
}

// mark counts one request of a source.
func (t *tree) mark(source netip.Addr) verdict {
	addr := source.Unmap().AsSlice()
	if len(addr) == 0 {
		return fine
	}
	r := t.root(addr)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.node == nil {
		r.node = new(node)
	}
	return t.descend(r.node, addr)
}

// descend counts the request at the deepest node that the address has, and grows the tree by at most one node.
func (t *tree) descend(n *node, addr []byte) verdict {
	atRoot := true
	for _, b := range addr[1:] {
		n.idle = 0
		child := n.children[b]
		if child == nil {
			n.shared.present++
			if !atRoot || n.shared.over(max(t.density/4, 2)) {
				t.grow(n, b)
			}
			return fine
		}
		n, atRoot = child, false
	}
	n.idle = 0
	was := n.own.over(t.density)
	n.own.present++
	switch {
	case was:
		return blocked
	case n.own.over(t.density):
		return newBlocked
	}
	return fine
}

func (t *tree) grow(n *node, b byte) {
	if t.nodes.Load() >= maxNodes {
		return
	}
	t.nodes.Add(1)
	if n.children == nil {
		n.children = map[byte]*node{}
	}
	n.children[b] = new(node)
}

// turn begins a new unit of time, and drops what had no request for keep units.
func (t *tree) turn(keep int) {
	for f := range t.roots {
		for i := range t.roots[f] {
			t.nodes.Add(-t.roots[f][i].turn(keep))
		}
	}
}

// turn tells how many nodes below the root were dropped.
func (r *root) turn(keep int) (dropped int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.node == nil {
		return 0
	}
	dropped = r.node.turn(keep)
	if r.node.forgettable(keep) {
		r.node = nil
	}
	return dropped
}

func (n *node) turn(keep int) (dropped int64) {
	n.shared.turn()
	n.own.turn()
	n.idle++
	for b, child := range n.children {
		dropped += child.turn(keep)
		if child.forgettable(keep) {
			delete(n.children, b)
			dropped++
		}
	}
	return dropped
}

func (n *node) forgettable(keep int) bool { return len(n.children) == 0 && n.idle > keep }

// source is one address that has a counter of its own.
type source struct {
	addr netip.Addr
	hits counter
	idle int
}

// sources lists the addresses that have counters of their own.
func (t *tree) sources() (list []source) {
	for f := range t.roots {
		size := 4 + 12*f
		for i := range t.roots[f] {
			r := &t.roots[f][i]
			r.mu.Lock()
			if r.node != nil {
				list = r.node.list(list, append(make([]byte, 0, size), byte(i)), size)
			}
			r.mu.Unlock()
		}
	}
	return list
}

func (n *node) list(list []source, prefix []byte, size int) []source {
	if len(prefix) == size {
		addr, _ := netip.AddrFromSlice(prefix)
		return append(list, source{addr, n.own, n.idle})
	}
	for b, child := range n.children {
		list = child.list(list, append(prefix, b), size)
	}
	return list
}
