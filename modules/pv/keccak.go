package pv

import (
	"encoding/binary"
	"math/bits"
)

// keccakSums are the lengths of Keccak as it was before FIPS 202 gave it another padding and the name SHA-3.
var keccakSums = map[string]func(s string) []byte{
	"224": func(s string) []byte { return keccak(s, 28) },
	"256": func(s string) []byte { return keccak(s, 32) },
	"384": func(s string) []byte { return keccak(s, 48) },
	"512": func(s string) []byte { return keccak(s, 64) },
}

// keccak is the sponge of https://keccak.team/keccak_specs_summary.html with a sum of n bytes.
func keccak(s string, n int) []byte {
	rate := 200 - 2*n
	var a [25]uint64
	for ; len(s) >= rate; s = s[rate:] {
		absorb(&a, []byte(s[:rate]))
	}
	last := make([]byte, rate)
	copy(last, s)
	last[len(s)] ^= 0x01
	last[rate-1] ^= 0x80
	absorb(&a, last)
	out := make([]byte, 0, 200)
	for _, lane := range a {
		out = binary.LittleEndian.AppendUint64(out, lane)
	}
	return out[:n]
}

func absorb(a *[25]uint64, block []byte) {
	for i := range len(block) / 8 {
		a[i] ^= binary.LittleEndian.Uint64(block[8*i:])
	}
	for round := range 24 {
		keccakRound(a, roundConstant(round))
	}
}

// keccakRound is one round of Keccak-f[1600]: theta, rho and pi, chi, iota.
func keccakRound(a *[25]uint64, constant uint64) {
	var c [5]uint64
	for x := range 5 {
		c[x] = a[x] ^ a[x+5] ^ a[x+10] ^ a[x+15] ^ a[x+20]
	}
	for i := range a {
		x := i % 5
		a[i] ^= c[(x+4)%5] ^ bits.RotateLeft64(c[(x+1)%5], 1)
	}
	var b [25]uint64
	x, y, lane := 1, 0, a[1]
	b[0] = a[0]
	for t := range 24 {
		x, y = y, (2*x+3*y)%5
		b[x+5*y] = bits.RotateLeft64(lane, (t+1)*(t+2)/2%64)
		lane = a[x+5*y]
	}
	for i := range a {
		row, x := i/5*5, i%5
		a[i] = b[i] ^ ^b[row+(x+1)%5]&b[row+(x+2)%5]
	}
	a[0] ^= constant
}

// roundConstant takes its bits from the linear feedback shift register x^8+x^6+x^5+x^4+1.
func roundConstant(round int) (constant uint64) {
	register := byte(1)
	for range 7 * round {
		register = shift(register)
	}
	for j := range 7 {
		if register&1 != 0 {
			constant |= 1 << (1<<j - 1)
		}
		register = shift(register)
	}
	return constant
}

func shift(register byte) byte {
	if register&0x80 != 0 {
		return register<<1 ^ 0x71
	}
	return register << 1
}
