package digest

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"sync/atomic"
)

// step is between two numbers of a pool. It has no factor in common with the sizes of arrays, so that neighbouring
// numbers live in cells far apart and all cells are used.
const step = 257

// maxPools is how many pools the flags of a nonce can tell apart.
const maxPools = flagPool + 1

// defaultInFlight is how many nonces are followed unless the configuration says otherwise.
const defaultInFlight = 1 << 20

// pools hand out the numbers of nonces; a shard takes them from its own pool.
type pools []struct {
	last atomic.Uint32
	_    [60]byte // of a cache line
}

func newPools(n int) pools {
	p := make(pools, 1<<log2(min(max(n, 1), maxPools)))
	for i := range p {
		p[i].last.Store(rand.Uint32())
	}
	return p
}

// of is the pool of a shard.
func (p pools) of(shard int) int { return shard & (len(p) - 1) }

// next gives the next number of a pool.
func (p pools) next(pool int) uint32 { return p[pool].last.Add(step) }

// maxOrder is the highest order of a pool: its numbers must not come round before its cells do.
const maxOrder = 23

// partition is an array that the pools share equally.
type partition struct {
	pools pools
	k     int // each pool has 2^k cells
}

// newPartition makes an array's plan of its parameters: the size, or its order (which counts if it is not 0). Sizes are
// rounded down to a power of two; each pool gets at least least cells.
func newPartition(p pools, name string, size, order, least int) (partition, error) {
	if order == 0 {
		if size == 0 {
			size = defaultInFlight
		}
		order = log2(size)
	}
	x := partition{p, order - log2(len(p))}
	switch {
	case size < 0 || order < 0 || x.k < 0 || 1<<x.k <= least:
		return x, fmt.Errorf("%s is too small for %d pools (nid_pool_no)", name, len(p))
	case x.k > maxOrder:
		return x, fmt.Errorf("%s is too large: at most %d nonces for each of the %d pools (nid_pool_no)", name, 1<<maxOrder, len(p))
	}
	return x, nil
}

// log2 is the exponent of the largest power of two that is not above n.
func log2(n int) int { return bits.Len(uint(n)) - 1 }

// cells is how many there are.
func (x *partition) cells() int { return len(x.pools) << x.k }

// cell is the place of a number.
func (x *partition) cell(number uint32, pool int) int {
	return pool<<x.k + int(number&(1<<x.k-1))
}

// knows tells whether the cell of a number is still its own: the pool exists and has not gone round since.
func (x *partition) knows(number uint32, pool int) bool {
	return pool < len(x.pools) && x.pools[pool].last.Load()-number < step<<x.k
}
