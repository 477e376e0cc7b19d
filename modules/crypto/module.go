// Package crypto encrypts and signs texts in a script.
package crypto

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the crypto module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "crypto",
	Doc:  "AES encryption and HMAC-SHA256 of texts, with the same bytes as the incumbent makes.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.StrParam("salt", "k8hTm4aZ", func(s *state) *string { return &s.saltText }, "at least 8 characters that are mixed into each key; empty: none"),
		kemi.IntParam("key_derivation", 1, func(s *state) *int { return &s.derive }, "1: key and initialization vector are made from the key text and the salt; 0: the key text is a key of 16 or 32 bytes in base64, and the vector stands before the encrypted text"),
		kemi.StrParam("init_vector", "", func(s *state) *string { return &s.vectorText }, "initialization vector for key_derivation=0, 16 bytes in base64; empty: a random one for each text"),
		kemi.FuncParam("register_callid", kemi.KindInt, "0", ignore, "accepted; the Call-IDs of the server's own requests are random anyway"),
		kemi.IntParam("register_evcb", 0, func(s *state) *int { return &s.netio }, "must be 0: SIP traffic is not encrypted by scripts"),
		kemi.FuncParam("kevcb_netio", kemi.KindStr, `""`, ignore, "accepted; it is called with register_evcb only"),
		kemi.FuncParam("netio_key", kemi.KindStr, `""`, ignore, "accepted; it is used with register_evcb only"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "aes_encrypt", Args: "text str, key str, result str", Returns: kemi.Code, Call: (*state).encrypt, Doc: "encrypts a text with AES in CBC mode and writes it in base64 to the variable that the last argument names"},
		{Name: "aes_decrypt", Args: "text str, key str, result str", Returns: kemi.Code, Call: (*state).decrypt, Doc: "decrypts what aes_encrypt made and writes it to the variable that the last argument names"},
		{Name: "hmac_sha256", Args: "text str, key str, result str", Returns: kemi.Code, Call: (*state).hmac, Doc: "writes the HMAC-SHA256 of a text in base64url to the variable that the last argument names"},
	},
})

// state is the module in one server.
type state struct {
	saltText, vectorText string
	derive, netio        int
	salt                 []byte
	vector               []byte // nil: random
}

func ignore(*state, kemi.ParamValue) error { return nil }

var (
	errSalt   = errors.New("the salt must have at least 8 characters, or none")
	errVector = errors.New("init_vector must be 16 bytes in base64")
	errNetIO  = errors.New("register_evcb=1: SIP traffic is not encrypted by scripts here; use TLS between servers")
)

// Start checks the parameters and prepares the salt.
func (s *state) Start(*kemi.Server) (err error) {
	if s.netio != 0 {
		return errNetIO
	}
	if s.saltText != "" {
		if len(s.saltText) < saltSize {
			return errSalt
		}
		s.salt = mixSalt(s.saltText)
	}
	if s.vectorText == "" {
		return nil
	}
	if s.vector, err = decode(s.vectorText); err != nil || len(s.vector) != vectorSize {
		return errVector
	}
	return nil
}

func (s *state) encrypt(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	sealed, err := s.seal(a.Str(0), a.Str(1))
	if err != nil {
		return failed(c, err)
	}
	return store(c, "aes_encrypt", a.Str(2), base64.StdEncoding.EncodeToString(sealed))
}

func (s *state) decrypt(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, err := s.open(a.Str(0), a.Str(1))
	if err != nil {
		return failed(c, err)
	}
	return store(c, "aes_decrypt", a.Str(2), text)
}

func (s *state) hmac(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return store(c, "hmac_sha256", a.Str(2), base64.RawURLEncoding.EncodeToString(sign(a.Str(0), a.Str(1))))
}

// failed logs what is wrong with a text or a key, without either of them.
func failed(c *kemi.Ctx, err error) kemi.Value {
	c.Log(log.Err, "crypto", err.Error())
	return kemi.Int(-1)
}

// store writes the result to the variable with that name.
func store(c *kemi.Ctx, function, name, text string) kemi.Value {
	v, err := c.Server.Registry.Var(name)
	switch {
	case err != nil:
		c.Misuse("crypto."+function, fmt.Sprintf("result: %v", err))
	case !v.Writable() || !v.Set(c, kemi.Str(text)):
		c.Misuse("crypto."+function, "result: "+name+" cannot be written")
	default:
		return kemi.Int(1)
	}
	return kemi.Int(-1)
}
