package auth_xkeys

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"strings"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// hashes make the hash of a key and data by the name of the algorithm.
var hashes = [...]struct {
	name string
	size int // of the hash in hexadecimal digits
	sum  func(key, data string) []byte
}{
	{"sha256", 2 * sha256.Size, func(key, data string) []byte { x := sha256.Sum256(joined(key, data)); return x[:] }},
	{"sha384", 2 * sha512.Size384, func(key, data string) []byte { x := sha512.Sum384(joined(key, data)); return x[:] }},
	{"sha512", 2 * sha512.Size, func(key, data string) []byte { x := sha512.Sum512(joined(key, data)); return x[:] }},
	{"hmac-sha256", 2 * sha256.Size, func(key, data string) []byte {
		h := hmac.New(sha256.New, []byte(key))
		h.Write([]byte(data))
		return h.Sum(nil)
	}},
}

// joined is what the plain hashes are made of.
func joined(key, data string) []byte { return append(append([]byte(key), ':'), data...) }

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

// choice is what the arguments of both functions name.
type choice struct {
	header string
	group  *group
	size   int
	sum    func(key, data string) []byte
	data   string
}

func (s *state) choose(c *kemi.Ctx, function string, a *kemi.Args) (x choice, ok bool) {
	x = choice{header: a.Str(0), group: s.find(a.Str(1)), data: a.Str(3)}
	if x.group == nil || x.header == "" || c.Msg == nil {
		return x, false
	}
	for _, h := range hashes {
		if sip.EqualFold(h.name, a.Str(2)) {
			x.size, x.sum = h.size, h.sum
			return x, true
		}
	}
	c.Misuse("auth_xkeys."+function, "unknown algorithm "+a.Str(2))
	return x, false
}

// add puts the header at the end of the others.
func (s *state) add(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	x, ok := s.choose(c, "auth_xkeys_add", a)
	if !ok {
		return no
	}
	hash := hex.EncodeToString(x.sum(x.group.keys[0].value, x.data))
	c.Msg.Edits.Insert(c.Msg.HeadersEnd, x.header+": "+hash+"\r\n")
	return yes
}

// check compares the first header of the name with the hash of each key. All keys are tried, so that the time does not
// tell which one it is.
func (s *state) check(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	x, ok := s.choose(c, "auth_xkeys_check", a)
	if !ok {
		return no
	}
	h := c.Msg.Find(x.header)
	if h == nil {
		return no
	}
	got, err := hex.DecodeString(strings.TrimSpace(h.Value))
	if err != nil || 2*len(got) != x.size {
		return no
	}
	right := 0
	for _, k := range x.group.keys {
		right |= subtle.ConstantTimeCompare(got, x.sum(k.value, x.data))
	}
	if right == 0 {
		return no
	}
	return yes
}
