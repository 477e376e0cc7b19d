package digest

import "sync/atomic"

// once remembers, for each nonce in flight, whether it was used: a bit each. At the start all count as used, so that
// nonces from before are refused.
type once struct {
	partition
	words []atomic.Uint32
}

func newOnce(p partition) *once {
	o := &once{p, make([]atomic.Uint32, (p.cells()+31)/32)}
	for i := range o.words {
		o.words[i].Store(^uint32(0))
	}
	return o
}

// begin makes a number ready for use.
func (o *once) begin(number uint32, pool int) {
	word, bit := o.at(number, pool)
	word.And(^bit)
}

func (o *once) at(number uint32, pool int) (word *atomic.Uint32, bit uint32) {
	cell := o.cell(number, pool)
	return &o.words[cell/32], 1 << (cell % 32)
}

// use tells whether a nonce was not used before, and notes that it is now, unless that is only asked for.
func (o *once) use(number uint32, pool int, note bool) bool {
	if !o.knows(number, pool) {
		return false
	}
	word, bit := o.at(number, pool)
	if !note {
		return word.Load()&bit == 0
	}
	return word.Or(bit)&bit == 0
}
