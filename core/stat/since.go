package stat

import "sync/atomic"

// Since is a computed count that Reset begins anew: its value is what came after that.
type Since struct {
	count func() int64
	base  atomic.Int64
}

// NewSince makes a statistic of a function that only counts up. It may be called from any
// goroutine, like that of a Func.
func NewSince(count func() int64) *Since { return &Since{count: count} }

// Value implements Stat.
func (s *Since) Value() int64 { return s.count() - s.base.Load() }

// Reset implements Stat.
func (s *Since) Reset() { s.base.Store(s.count()) }

// Add adds n to the present value, which may be negative, for scripts that count along.
func (s *Since) Add(n int64) { s.base.Add(-n) }
