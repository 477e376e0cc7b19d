package uuid

import (
	"encoding/binary"
	"encoding/hex"
	"io"
	"sync"
	"time"
)

// id is an identifier of RFC 9562.
type id [16]byte

// String is the form with dashes.
func (u id) String() string {
	var out [36]byte
	at := 0
	for i, n := range [...]int{4, 2, 2, 2, 6} {
		if i > 0 {
			out[at] = '-'
			at++
		}
		hex.Encode(out[at:], u[:n])
		at += 2 * n
		copy(u[:], u[n:])
	}
	return string(out[:])
}

// mark sets the version and the variant (RFC 9562 4.1, 4.2).
func (u *id) mark(version byte) {
	u[6] = u[6]&0x0f | version<<4
	u[8] = u[8]&0x3f | 0x80
}

// random is a version 4 identifier (RFC 9562 5.4).
func random(source io.Reader) (u id) {
	_, _ = source.Read(u[:]) // it does not fail: the program ends instead
	u.mark(4)
	return u
}

// gregorian is the time from the start of the Gregorian calendar to that of Unix time, in
// the 100 ns that version 1 counts in (RFC 9562 5.1).
const gregorian = 0x01b21dd213814000

// times makes version 1 identifiers. It is for all shards.
type times struct {
	mu   sync.Mutex
	last uint64
	tail [8]byte // clock sequence and node
}

// init draws the clock sequence and a node that is no hardware address (RFC 9562 6.10).
func (t *times) init(source io.Reader) {
	_, _ = source.Read(t.tail[:])
	t.tail[2] |= 1
}

// next is an identifier of now, or of the moment after the last one if time stood still.
func (t *times) next(now time.Time) (u id) {
	t.mu.Lock()
	t.last = max(t.last+1, uint64(now.UnixNano()/100)+gregorian)
	stamp := t.last
	t.mu.Unlock()
	binary.BigEndian.PutUint32(u[0:], uint32(stamp))
	binary.BigEndian.PutUint16(u[4:], uint16(stamp>>32))
	binary.BigEndian.PutUint16(u[6:], uint16(stamp>>48))
	copy(u[8:], t.tail[:])
	u.mark(1)
	return u
}
