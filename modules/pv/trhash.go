package pv

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash/crc32"

	"github.com/moonroute/moonroute/kemi"
)

var hashTrans = kemi.Trans[state]{
	{Name: "s.md5", Call: mapped(func(s string) string { sum := md5.Sum([]byte(s)); return hex.EncodeToString(sum[:]) }), Doc: "MD5 in hexadecimal"},
	{Name: "s.sha1", Call: mapped(func(s string) string { sum := sha1.Sum([]byte(s)); return hex.EncodeToString(sum[:]) }), Doc: "SHA-1 in hexadecimal"},
	{Name: "s.sha256", Call: mapped(func(s string) string { sum := sha256.Sum256([]byte(s)); return hex.EncodeToString(sum[:]) }), Doc: "SHA-256 in hexadecimal"},
	{Name: "s.sha384", Call: mapped(func(s string) string { sum := sha512.Sum384([]byte(s)); return hex.EncodeToString(sum[:]) }), Doc: "SHA-384 in hexadecimal"},
	{Name: "s.sha512", Call: mapped(func(s string) string { sum := sha512.Sum512([]byte(s)); return hex.EncodeToString(sum[:]) }), Doc: "SHA-512 in hexadecimal"},
	{Name: "s.keccak", Args: "bits str?", Parse: parseBits(keccakSums), Call: hashBits, Doc: "Keccak with the padding from before SHA-3 in hexadecimal, of 224, 256 (the default), 384 or 512 bits"},
	{Name: "s.sha3", Args: "bits str?", Parse: parseBits(sha3Sums), Call: hashBits, Doc: "SHA-3 in hexadecimal, of 224, 256 (the default), 384 or 512 bits"},
	{Name: "s.crc32", Call: mapped(func(s string) string { return kemi.Int(int(crc32.ChecksumIEEE([]byte(s)))).Text() }), Doc: "CRC-32"},
	{Name: "s.corehash", Args: "size int?", Call: hashSlot, Doc: "the incumbent's hash of a text, within a size that is a power of two"},
}

// sha3Sums are the lengths of SHA-3.
var sha3Sums = map[string]func(s string) []byte{
	"224": func(s string) []byte { sum := sha3.Sum224([]byte(s)); return sum[:] },
	"256": func(s string) []byte { sum := sha3.Sum256([]byte(s)); return sum[:] },
	"384": func(s string) []byte { sum := sha3.Sum384([]byte(s)); return sum[:] },
	"512": func(s string) []byte { sum := sha3.Sum512([]byte(s)); return sum[:] },
}

var errBits = errors.New("the sum has 224, 256, 384 or 512 bits")

// parseBits picks the function of a length.
func parseBits(sums map[string]func(string) []byte) func(*state, *kemi.TranArgs) (any, error) {
	return func(_ *state, a *kemi.TranArgs) (any, error) {
		bits := a.Str(0)
		if bits == "" {
			bits = "256"
		}
		sum, ok := sums[bits]
		if !ok {
			return nil, errBits
		}
		return sum, nil
	}
}

func hashBits(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	return kemi.Str(hex.EncodeToString(a.Data.(func(string) []byte)(v.Text())))
}

func hashSlot(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	h := coreHash(v.Text())
	if size := a.Int(0); size > 0 {
		h &= uint32(size) - 1
	}
	return kemi.Str(kemi.Int(int(h)).Text())
}

// coreHash is the hash that the incumbent's tables use. Scripts that spread work by it
// must find the same numbers. Bytes above 127 count as negative, as its C does.
func coreHash(s string) (h uint32) {
	mix := func(part string) {
		v := uint32(0)
		for i := range len(part) {
			v += uint32(int32(int8(part[i]))) << (8 * (len(part) - 1 - i))
		}
		h += v ^ v>>3
	}
	for ; len(s) >= 4; s = s[4:] {
		mix(s[:4])
	}
	mix(s)
	return h + h>>11 + h>>13 + h>>23
}
