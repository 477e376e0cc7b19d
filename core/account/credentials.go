package account

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Algorithms are the digest algorithms that a password may be kept for (RFC 8760).
func Algorithms() []string { return []string{"MD5", "SHA-256"} }

// Credentials are what the table subscriber keeps of a password.
type Credentials struct {
	Password string // empty: it is not kept
	HA1      string // hash of user:realm:password
	HA1B     string // hash of user@domain:realm:password, for clients that put the domain into the user
}

// NewCredentials computes the hashes of a password for a user, whose domain is the realm.
// Only plain keeps the password itself, which auth_db needs with calculate_ha1 set.
func NewCredentials(n Name, password, algorithm string, plain bool) (Credentials, error) {
	switch {
	case password == "":
		return Credentials{}, fmt.Errorf("account: the password is empty")
	case strings.ContainsAny(password, "\x00\r\n"):
		return Credentials{}, fmt.Errorf("account: a password is one line of text")
	case plain && len(password) > maxName:
		return Credentials{}, fmt.Errorf("account: the table keeps a password of up to %d bytes, this one has %d: choose a shorter one or keep the hashes alone (--hash-only)", maxName, len(password))
	}
	hash, err := hashOf(algorithm)
	if err != nil {
		return Credentials{}, err
	}
	c := Credentials{HA1: hash(n.User + ":" + n.Domain + ":" + password), HA1B: hash(n.String() + ":" + n.Domain + ":" + password)}
	if plain {
		c.Password = password
	}
	return c, nil
}

func hashOf(algorithm string) (func(string) string, error) {
	switch strings.ToUpper(algorithm) {
	case "", "MD5":
		return func(s string) string {
			sum := md5.Sum([]byte(s)) // the digest of RFC 2617 is made so
			return hex.EncodeToString(sum[:])
		}, nil
	case "SHA-256":
		return func(s string) string {
			sum := sha256.Sum256([]byte(s))
			return hex.EncodeToString(sum[:])
		}, nil
	}
	return nil, fmt.Errorf("account: no digest algorithm %q: there are %s", algorithm, strings.Join(Algorithms(), " and "))
}
