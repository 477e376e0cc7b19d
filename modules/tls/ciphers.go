package tls

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
)

// cipher is a cipher suite that Go speaks, with OpenSSL's name and what its description says.
type cipher struct {
	id           uint16
	name         string
	since        string // the protocol that it came with
	kx, au       string
	enc          string
	bits         string
	mac          string
	strong, safe bool
}

// suites are those of TLS 1.2 and before, the best first, then those of TLS 1.3.
var suites = []cipher{
	{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384", "TLSv1.2", "ECDH", "ECDSA", "AESGCM(256)", "256", "AEAD", true, true},
	{tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM-SHA384", "TLSv1.2", "ECDH", "RSA", "AESGCM(256)", "256", "AEAD", true, true},
	{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20-POLY1305", "TLSv1.2", "ECDH", "ECDSA", "CHACHA20/POLY1305(256)", "256", "AEAD", true, true},
	{tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20-POLY1305", "TLSv1.2", "ECDH", "RSA", "CHACHA20/POLY1305(256)", "256", "AEAD", true, true},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2", "ECDH", "ECDSA", "AESGCM(128)", "128", "AEAD", true, true},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256", "TLSv1.2", "ECDH", "RSA", "AESGCM(128)", "128", "AEAD", true, true},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, "ECDHE-ECDSA-AES256-SHA", "TLSv1", "ECDH", "ECDSA", "AES(256)", "256", "SHA1", true, true},
	{tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, "ECDHE-RSA-AES256-SHA", "TLSv1", "ECDH", "RSA", "AES(256)", "256", "SHA1", true, true},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, "ECDHE-ECDSA-AES128-SHA256", "TLSv1.2", "ECDH", "ECDSA", "AES(128)", "128", "SHA256", true, false},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, "ECDHE-RSA-AES128-SHA256", "TLSv1.2", "ECDH", "RSA", "AES(128)", "128", "SHA256", true, false},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "ECDHE-ECDSA-AES128-SHA", "TLSv1", "ECDH", "ECDSA", "AES(128)", "128", "SHA1", true, true},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, "ECDHE-RSA-AES128-SHA", "TLSv1", "ECDH", "RSA", "AES(128)", "128", "SHA1", true, true},
	{tls.TLS_RSA_WITH_AES_256_GCM_SHA384, "AES256-GCM-SHA384", "TLSv1.2", "RSA", "RSA", "AESGCM(256)", "256", "AEAD", true, false},
	{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, "AES128-GCM-SHA256", "TLSv1.2", "RSA", "RSA", "AESGCM(128)", "128", "AEAD", true, false},
	{tls.TLS_RSA_WITH_AES_128_CBC_SHA256, "AES128-SHA256", "TLSv1.2", "RSA", "RSA", "AES(128)", "128", "SHA256", true, false},
	{tls.TLS_RSA_WITH_AES_256_CBC_SHA, "AES256-SHA", "SSLv3", "RSA", "RSA", "AES(256)", "256", "SHA1", true, false},
	{tls.TLS_RSA_WITH_AES_128_CBC_SHA, "AES128-SHA", "SSLv3", "RSA", "RSA", "AES(128)", "128", "SHA1", true, false},
	{tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA, "ECDHE-RSA-DES-CBC3-SHA", "TLSv1", "ECDH", "RSA", "3DES(168)", "112", "SHA1", false, false},
	{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, "DES-CBC3-SHA", "SSLv3", "RSA", "RSA", "3DES(168)", "112", "SHA1", false, false},

	{tls.TLS_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384", "TLSv1.3", "any", "any", "AESGCM(256)", "256", "AEAD", true, true},
	{tls.TLS_CHACHA20_POLY1305_SHA256, "TLS_CHACHA20_POLY1305_SHA256", "TLSv1.3", "any", "any", "CHACHA20/POLY1305(256)", "256", "AEAD", true, true},
	{tls.TLS_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256", "TLSv1.3", "any", "any", "AESGCM(128)", "128", "AEAD", true, true},
}

// cipherOf finds a suite by its number.
func cipherOf(id uint16) (cipher, bool) {
	i := slices.IndexFunc(suites, func(c cipher) bool { return c.id == id })
	if i < 0 {
		return cipher{}, false
	}
	return suites[i], true
}

// description is a suite in one line, as OpenSSL and so the incumbent writes it.
func (c cipher) description() string {
	return fmt.Sprintf("%-30s %-7s Kx=%-8s Au=%-5s Enc=%-22s Mac=%-4s", c.name, c.since, c.kx, c.au, c.enc, c.mac)
}

// families are the words of a cipher list that mean several suites.
var families = map[string]func(*cipher) bool{
	"ALL": all, "COMPLEMENTOFDEFAULT": none, "DEFAULT": strong, "HIGH": strong, "SECURE": safe,
	"MEDIUM": none, "LOW": none, "EXP": none, "EXPORT": none, "NULL": none, "eNULL": none, "aNULL": none, "COMPLEMENTOFALL": none,
	"ECDHE": ecdhe, "kECDHE": ecdhe, "EECDH": ecdhe, "kEECDH": ecdhe, "ECDH": ecdhe, "FS": ecdhe,
	"DHE": none, "kDHE": none, "EDH": none, "kEDH": none, "DH": none, "ADH": none, "AECDH": none, "PSK": none, "kPSK": none, "aPSK": none,
	"SRP": none, "kSRP": none, "DSS": none, "aDSS": none, "CAMELLIA": none, "CAMELLIA128": none, "CAMELLIA256": none, "ARIA": none, "SEED": none,
	"IDEA": none, "RC4": none, "RC2": none, "DES": none, "MD5": none, "AESCCM": none, "AESCCM8": none, "KRB5": none, "GOST": none,
	"RSA": rsaKey, "kRSA": rsaKey, "aRSA": authentication("RSA"), "ECDSA": authentication("ECDSA"), "aECDSA": authentication("ECDSA"),
	"3DES": encryption("3DES"), "AES": encryption("AES"), "AESGCM": encryption("AESGCM"), "CHACHA20": encryption("CHACHA20"),
	"AES128": encryption("AES(128)", "AESGCM(128)"), "AES256": encryption("AES(256)", "AESGCM(256)"),
	"SHA": integrity("SHA1"), "SHA1": integrity("SHA1"), "SHA256": integrity("SHA256"), "SHA384": none,
	"TLSv1.2": since("TLSv1.2"), "TLSv1.0": since("TLSv1"), "TLSv1": since("TLSv1"), "SSLv3": since("SSLv3"),
}

func all(*cipher) bool      { return true }
func none(*cipher) bool     { return false }
func strong(c *cipher) bool { return c.strong }
func safe(c *cipher) bool   { return c.safe }
func ecdhe(c *cipher) bool  { return c.kx == "ECDH" }
func rsaKey(c *cipher) bool { return c.kx == "RSA" }

func authentication(au string) func(*cipher) bool { return func(c *cipher) bool { return c.au == au } }
func integrity(mac string) func(*cipher) bool     { return func(c *cipher) bool { return c.mac == mac } }
func since(version string) func(*cipher) bool {
	return func(c *cipher) bool { return c.since == version }
}

func encryption(prefixes ...string) func(*cipher) bool {
	return func(c *cipher) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(c.enc, p) })
	}
}

// parseCiphers reads an OpenSSL cipher list: words between colons, blanks or commas, of which
// "-" and "!" take out, and "+" in front only changes the order, which Go chooses by itself. Suites of TLS 1.3 are always spoken.
func parseCiphers(text string) ([]uint16, error) {
	chosen, barred := map[uint16]bool{}, map[uint16]bool{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == ',' || r == ' ' || r == ';' }) {
		if strings.HasPrefix(word, "@") { // an order or a level of security: Go has its own
			continue
		}
		sign, name := byte(0), word
		if strings.IndexByte("!-+", word[0]) >= 0 {
			sign, name = word[0], word[1:]
		}
		found, err := suitesOf(name)
		if err != nil {
			return nil, fmt.Errorf("cipher_list: %w", err)
		}
		for _, id := range found {
			switch sign {
			case '!':
				barred[id] = true
			case '-':
				delete(chosen, id)
			case 0:
				chosen[id] = true
			}
		}
	}
	var ids []uint16
	for _, c := range suites {
		if chosen[c.id] && !barred[c.id] {
			ids = append(ids, c.id)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("cipher_list %q leaves nothing that is spoken here; leave it out, or take HIGH", text)
	}
	return ids, nil
}

// suitesOf are the suites of one word: a suite, a family, or families joined by "+".
func suitesOf(name string) (ids []uint16, err error) {
	for i := range suites {
		if suites[i].name == name {
			return []uint16{suites[i].id}, nil
		}
	}
	var tests []func(*cipher) bool
	for part := range strings.SplitSeq(name, "+") {
		test := families[part]
		if test == nil && isForeign(name) {
			return nil, nil
		}
		if test == nil {
			return nil, fmt.Errorf("unknown cipher %q%s", name, hint(name, cipherWords()))
		}
		tests = append(tests, test)
	}
	for i := range suites {
		if !slices.ContainsFunc(tests, func(test func(*cipher) bool) bool { return !test(&suites[i]) }) {
			ids = append(ids, suites[i].id)
		}
	}
	return ids, nil
}

// foreignParts are the words in the names of OpenSSL's suites that Go lacks.
var foreignParts = strings.Fields("DHE EDH DSS ECDHE ECDSA RSA PSK SRP ADH AECDH DH ECDH AES128 AES256 AES CAMELLIA128 CAMELLIA256 ARIA128 ARIA256 CHACHA20 " +
	"POLY1305 GCM CCM CCM8 CBC CBC3 DES 3DES EDE RC4 RC2 SEED IDEA NULL MD5 SHA SHA256 SHA384 EXP ARIA GOST2001 GOST94 GOST89")

// isForeign tells a suite that OpenSSL knows and Go does not speak from a word that nobody knows.
func isForeign(name string) bool {
	parts := strings.Split(name, "-")
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(p string) bool { return !slices.Contains(foreignParts, p) })
}

func cipherWords() map[string]bool {
	words := map[string]bool{}
	for _, c := range suites {
		words[c.name] = true
	}
	for name := range families {
		words[name] = true
	}
	return words
}
