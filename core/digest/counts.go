package digest

import "sync/atomic"

// maxCount is the highest nonce count that is followed; a client that comes there is challenged anew.
const maxCount = 255

// counts holds, for each nonce in flight, the highest nonce count that was used with it (RFC 7616 3.4, nc): a byte each,
// four in a word. At the start they are at their highest, so that nonces from before are refused.
type counts struct {
	partition
	words []atomic.Uint32
}

func newCounts(p partition) *counts {
	c := &counts{p, make([]atomic.Uint32, (p.cells()+3)/4)}
	for i := range c.words {
		c.words[i].Store(^uint32(0))
	}
	return c
}

// begin makes a number ready for use.
func (c *counts) begin(number uint32, pool int) {
	word, shift := c.at(number, pool)
	word.And(^(maxCount << shift))
}

func (c *counts) at(number uint32, pool int) (word *atomic.Uint32, shift int) {
	cell := c.cell(number, pool)
	return &c.words[cell/4], cell % 4 * 8
}

// use tells whether a nonce count is higher than those before, and notes it unless it is only asked for.
func (c *counts) use(number uint32, pool int, nc uint32, note bool) bool {
	if !c.knows(number, pool) || nc > maxCount {
		return false
	}
	word, shift := c.at(number, pool)
	for {
		old := word.Load()
		if old>>shift&maxCount >= nc {
			return false
		}
		if !note || word.CompareAndSwap(old, old&^(maxCount<<shift)|nc<<shift) {
			return true
		}
	}
}

// readCount reads a nonce count: eight hexadecimal digits.
func readCount(text string) (nc uint32, ok bool) {
	if len(text) != 8 {
		return 0, false
	}
	for i := range len(text) {
		d := hexDigit(text[i])
		if d > 15 {
			return 0, false
		}
		nc = nc<<4 | uint32(d)
	}
	return nc, true
}

// hexDigit is more than 15 for what is no digit.
func hexDigit(b byte) byte {
	switch {
	case b-'0' < 10:
		return b - '0'
	case b|0x20 >= 'a' && b|0x20 <= 'f':
		return b | 0x20 - 'a' + 10
	}
	return 16
}
