package digest

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"strings"

	"github.com/moonroute/moonroute/core/sip"
)

// Algorithm is a hash algorithm of digest credentials (RFC 7616 6.1, RFC 8760 2).
type Algorithm struct {
	Name    string // as challenges have it
	hash    hash
	session bool // -sess: nonce and cnonce are part of the hashed password
}

// hash is a hash function.
type hash uint8

const (
	hashMD5 hash = iota
	hashSHA256
	hashSHA512t256
	hashSHA512
)

// MD5 is what credentials without an algorithm are made with.
var MD5 = Algorithm{"MD5", hashMD5, false}

// algorithms are those that a server may ask for and a client may use.
var algorithms = [...]Algorithm{
	MD5, {"MD5-sess", hashMD5, true},
	{"SHA-256", hashSHA256, false}, {"SHA-256-sess", hashSHA256, true},
	{"SHA-512-256", hashSHA512t256, false}, {"SHA-512-256-sess", hashSHA512t256, true},
	{"SHA-512", hashSHA512, false}, {"SHA-512-sess", hashSHA512, true},
}

// FindAlgorithm gives the algorithm of a name, in any case.
func FindAlgorithm(name string) (a Algorithm, ok bool) {
	for _, a := range algorithms {
		if sip.EqualFold(a.Name, name) {
			return a, true
		}
	}
	return Algorithm{}, false
}

// AlgorithmNames are the names that FindAlgorithm knows.
func AlgorithmNames() string {
	names := make([]string, len(algorithms))
	for i, a := range algorithms {
		names[i] = a.Name
	}
	return strings.Join(names, ", ")
}

// HexLen is the length of a hash in hexadecimal digits.
func (a Algorithm) HexLen() int {
	switch a.hash {
	case hashMD5:
		return 2 * md5.Size
	case hashSHA512:
		return 2 * sha512.Size
	}
	return 2 * sha256.Size
}

// appendSum appends the hash of data in hexadecimal digits.
func (a Algorithm) appendSum(dst, data []byte) []byte {
	switch a.hash {
	case hashSHA256:
		sum := sha256.Sum256(data)
		return hex.AppendEncode(dst, sum[:])
	case hashSHA512t256:
		sum := sha512.Sum512_256(data)
		return hex.AppendEncode(dst, sum[:])
	case hashSHA512:
		sum := sha512.Sum512(data)
		return hex.AppendEncode(dst, sum[:])
	}
	sum := md5.Sum(data)
	return hex.AppendEncode(dst, sum[:])
}

// maxHexLen is the longest hash in hexadecimal digits.
const maxHexLen = 2 * sha512.Size
