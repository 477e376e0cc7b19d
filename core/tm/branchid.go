package tm

import "strconv"

// cookie begins every branch parameter of RFC 3261 (8.1.1.7).
const cookie = "z9hG4bK"

// branchID is what our own branch parameter says: where the transaction lives, and which of
// its branches sent the request. It is written as z9hG4bK + shard.slot.label.branch, in hex.
// The label is random, so that a stray or forged reply finds nothing.
type branchID struct {
	shard, slot, label uint32
	branch             int
}

// appendTo writes the branch parameter's value.
func (id branchID) appendTo(dst []byte) []byte {
	dst = strconv.AppendUint(append(dst, cookie...), uint64(id.shard), 16)
	dst = strconv.AppendUint(append(dst, '.'), uint64(id.slot), 16)
	dst = strconv.AppendUint(append(dst, '.'), uint64(id.label), 16)
	return strconv.AppendUint(append(dst, '.'), uint64(id.branch), 16)
}

// ShardOf reads the shard from a branch parameter that a transaction here made. ok is false for any other one.
func ShardOf(branch string) (shard int, ok bool) {
	id, ok := parseBranchID(branch)
	return int(id.shard), ok
}

func parseBranchID(s string) (id branchID, ok bool) {
	if !hasCookie(s) {
		return id, false
	}
	s = s[len(cookie):]
	var parts [4]uint32
	for i := range parts {
		value, n := leadingHex(s)
		parts[i] = value
		last := i == len(parts)-1
		if n == 0 || last != (n == len(s)) || !last && s[n] != '.' {
			return branchID{}, false
		}
		if !last {
			s = s[n+1:]
		}
	}
	return branchID{shard: parts[0], slot: parts[1], label: parts[2], branch: int(parts[3])}, true
}

// leadingHex reads the lower-case hexadecimal digits that a text begins with, eight at most, and gives how many there are.
func leadingHex(s string) (value uint32, n int) {
	for ; n < len(s) && n < 8; n++ {
		digit, ok := hexDigit(s[n])
		if !ok {
			break
		}
		value = value<<4 | uint32(digit)
	}
	return value, n
}

func hexDigit(c byte) (value byte, ok bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}

// hasCookie tells whether a branch parameter is one of RFC 3261: the magic cookie and something after it.
func hasCookie(branch string) bool {
	return len(branch) > len(cookie) && branch[:len(cookie)] == cookie
}

// ID names a transaction to scripts and operators: $T(id_index) and $T(id_label), and the
// arguments of t_continue. The index says which shard holds the transaction.
type ID struct{ Index, Label uint32 }

// shardBits is how much of an index is the shard.
const shardBits = 8

// Shard is the shard that holds the transaction.
func (id ID) Shard() int { return int(id.Index & (1<<shardBits - 1)) }

func (id ID) slot() uint32 { return id.Index >> shardBits }
