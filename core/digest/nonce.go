package digest

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"

	"github.com/moonroute/moonroute/core/route"
)

// A nonce is base64 of: when it expires, when it was made, a hash of these (and of its number) with the first secret;
// a hash of parts of the request with the second secret, if such checks are configured; its number and flags, if nonce
// counts or one-time nonces are. The layout and the hash are the incumbent's.
type nonce struct {
	expire, since uint32 // Unix time in seconds
	number        uint32 // of the counters that follow its use
	flags         uint8  // which counters know the number, and the pool that it is from
	bound         bool   // it has parts
	parts         [md5.Size]byte
	mac           [md5.Size]byte
}

// The flags of a nonce.
const (
	flagCounted = 1 << 7 // nonce counts are followed
	flagOnce    = 1 << 6 // the nonce may be used once
	flagPool    = 1<<6 - 1
)

// Sizes of a nonce and of its parts in bytes.
const (
	sizeTimes  = 4 + 4
	sizeShort  = sizeTimes + md5.Size
	sizeNumber = 4 + 1
	sizeMost   = sizeShort + md5.Size + sizeNumber
)

// maxNonceText and minNonceText are lengths in base64.
const (
	maxNonceText = (sizeMost + 2) / 3 * 4
	minNonceText = (sizeShort + 2) / 3 * 4
)

func (n *nonce) numbered() bool { return n.flags&(flagCounted|flagOnce) != 0 }

// appendTimes and appendNumber write the parts that the first hash covers.
func (n *nonce) appendTimes(dst []byte) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(dst, n.expire), n.since)
}

func (n *nonce) appendNumber(dst []byte) []byte {
	if !n.numbered() {
		return dst
	}
	return append(binary.BigEndian.AppendUint32(dst, n.number), n.flags)
}

// sum is the hash that keeps times and number from being changed.
func (n *nonce) sum(secret string) [md5.Size]byte {
	var in [room]byte
	return md5.Sum(append(n.appendNumber(n.appendTimes(in[:0])), secret...))
}

// appendText writes the nonce as it is sent.
func (n *nonce) appendText(dst []byte) []byte {
	var raw [sizeMost]byte
	b := append(n.appendTimes(raw[:0]), n.mac[:]...)
	if n.bound {
		b = append(b, n.parts[:]...)
	}
	return base64.StdEncoding.AppendEncode(dst, n.appendNumber(b))
}

// readNonce takes a nonce apart. What is longer than it need be is not looked at.
func readNonce(text string, bound bool) (n nonce, ok bool) {
	if len(text) < minNonceText || len(text) > maxNonceText {
		return n, false
	}
	var in [maxNonceText]byte
	var raw [sizeMost + 3]byte
	size, err := base64.StdEncoding.Decode(raw[:], append(in[:0], text...))
	if err != nil || size < sizeShort {
		return n, false
	}
	n.expire, n.since = binary.BigEndian.Uint32(raw[:]), binary.BigEndian.Uint32(raw[4:])
	rest := raw[sizeTimes:size]
	rest = rest[copy(n.mac[:], rest):]
	if bound {
		if len(rest) < md5.Size {
			return n, false
		}
		n.bound = true
		rest = rest[copy(n.parts[:], rest):]
	}
	if len(rest) >= sizeNumber {
		n.number, n.flags = binary.BigEndian.Uint32(rest), rest[4]
	}
	return n, true
}

// Checks are the parts of a request that its nonce is bound to, as bits.
type Checks int

// The parts (parameters auth_checks_register, auth_checks_no_dlg, auth_checks_in_dlg).
const (
	CheckURI Checks = 1 << iota
	CheckCallID
	CheckFromTag
	CheckSource
)

// sumParts is the hash of the parts of a request that a nonce is bound to.
func (c Checks) sumParts(m *route.Message, secret string) [md5.Size]byte {
	var in [room]byte
	b := in[:0]
	if c&CheckURI != 0 {
		b = append(b, m.CurrentURI()...)
	}
	if c&CheckCallID != 0 {
		b = append(b, m.CallID()...)
	}
	if from, err := m.From(); c&CheckFromTag != 0 && err == nil {
		b = append(b, from.Tag...)
	}
	if c&CheckSource != 0 {
		b = append(b, m.Flow.Remote.Addr().Unmap().AsSlice()...)
	}
	return md5.Sum(append(b, secret...))
}
