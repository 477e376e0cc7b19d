// Package stat counts what a server does, in groups and under names that keep Kamailio's
// spelling: "tmx:UAS_transactions", "core:rcv_requests", "shmem:free_size".
//
// A Counter is made once and kept by who counts; adding to it is one atomic instruction.
// The Registry is for those who look: RPC commands, variables and scripts. There is one
// for each server.
package stat

import (
	"sync/atomic"
)

// Stat is one statistic. Its methods may be called from any goroutine.
type Stat interface {
	// Value is the current number.
	Value() int64
	// Reset sets a counter to zero. What is computed stays as it is.
	Reset()
}

// Counter is a number that goes up, or is set. The zero value is ready.
type Counter struct{ n atomic.Int64 }

// Inc adds one.
func (c *Counter) Inc() { c.n.Add(1) }

// Add adds n, which may be negative.
func (c *Counter) Add(n int64) { c.n.Add(n) }

// Set replaces the number.
func (c *Counter) Set(n int64) { c.n.Store(n) }

// Value implements Stat.
func (c *Counter) Value() int64 { return c.n.Load() }

// Reset implements Stat.
func (c *Counter) Reset() { c.n.Store(0) }

// Func is a statistic that is computed when somebody looks, such as free memory. It runs
// on the goroutine of who asks, and may be slow but must not block.
type Func func() int64

// Value implements Stat.
func (f Func) Value() int64 { return f() }

// Reset implements Stat. It does nothing.
func (f Func) Reset() {}
