package tm

// Bounds of the memory that a table keeps for the requests and replies of transactions to come.
const (
	maxBuffers = 64
	maxBuffer  = 4 << 10 // bytes; larger ones are left to the collector
)

// takeBuffer gives memory for what a transaction sends: that of one that has gone, or none.
func (tb *Table) takeBuffer() []byte {
	n := len(tb.buffers)
	if n == 0 {
		return nil
	}
	b := tb.buffers[n-1]
	tb.buffers = tb.buffers[:n-1]
	return b[:0]
}

// keepBuffer takes such memory back.
func (tb *Table) keepBuffer(b []byte) {
	if b != nil && cap(b) <= maxBuffer && len(tb.buffers) < maxBuffers {
		tb.buffers = append(tb.buffers, b)
	}
}
