package crypto

import (
	"crypto/hmac"
	"crypto/sha1" // the key derivation is given by what was encrypted already
	"crypto/sha256"
)

const (
	saltSize   = 8
	vectorSize = 16
	keySize    = 32
	rounds     = 5 // of the hash, for each block of key material
)

// mixSalt is the incumbent's salt of a text: a chain over its first 8 characters, each
// byte of which depends on the one before as a signed number.
func mixSalt(text string) []byte {
	salt := make([]byte, saltSize)
	before := int8('a')
	for i := range salt {
		before = int8((int(text[i])*7 + int(before)*(i+2)) % 255)
		salt[i] = byte(before)
	}
	return salt
}

// derive makes a key and a vector of a password and a salt: the derivation of PKCS #5
// version 1.5 with SHA-1, continued until there is enough, as OpenSSL's command line has it.
func derive(password string, salt []byte) (key, vector []byte) {
	var out, block []byte
	for len(out) < keySize+vectorSize {
		block = hash(append(append(block, password...), salt...))
		for range rounds - 1 {
			block = hash(block)
		}
		out = append(out, block...)
	}
	return out[:keySize], out[keySize : keySize+vectorSize]
}

func hash(data []byte) []byte {
	sum := sha1.Sum(data)
	return sum[:]
}

// sign is the HMAC of RFC 2104 with SHA-256.
func sign(text, key string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
