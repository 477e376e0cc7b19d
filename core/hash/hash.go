// Package hash is the incumbent's hash of texts. Its tables are listed by bucket, and operators compare such lists, so
// ours are in the same order.
package hash

// Sum is the hash of a text: four bytes at a time, the rest as one shorter word.
func Sum(text string) uint32 {
	var h uint32
	for ; len(text) >= 4; text = text[4:] {
		h = step(h, word(text[:4]))
	}
	h = step(h, word(text))
	return h + h>>11 + h>>13 + h>>23
}

// word is up to four bytes as a number, the first one in front. A byte above 127 counts as negative, as its C does.
func word(text string) (v uint32) {
	for i := range len(text) {
		v = v<<8 + uint32(int32(int8(text[i])))
	}
	return v
}

func step(h, v uint32) uint32 { return h + (v ^ v>>3) }

// Bucket is the bucket of a text in a table of size buckets, a power of two.
func Bucket(text string, size int) int { return int(Sum(text)) & (size - 1) }
