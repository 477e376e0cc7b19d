package tls

import (
	"crypto/tls"
	"net/netip"
	"strings"
	"testing"
)

func TestParseFile(t *testing.T) {
	list, err := parseFile("tls.cfg", `
# profiles
[server:default]
method = TLSv1.2+   # and later
verify_certificate = no
private_key = "/etc/x#y.key"
certificate=./x.pem

[client:[2001:db8::1]:5061]
verify_client = optional_no_ca
verify_depth = 3
server_id = one
[server:any]
server_name = example.com
server_name_mode = 1
`)
	if err != nil || len(list) != 3 {
		t.Fatalf("%v %v", list, err)
	}
	def, one, any := list[0], list[1], list[2]
	if def.match != byDefault || def.verify != off || def.require != open || def.key != "/etc/x#y.key" || def.cert != "./x.pem" ||
		def.versions.least != tls.VersionTLS12 || def.where != "tls.cfg:3" {
		t.Errorf("%+v", def)
	}
	if one.role != client || one.match != byAddress || one.addr != netip.MustParseAddrPort("[2001:db8::1]:5061") ||
		one.client != clientOptionalNoCA || one.depth != 3 || one.serverID != "one" {
		t.Errorf("%+v", one)
	}
	if any.match != byName || any.serverName != "example.com" || any.nameMode != nameAndBelow || any.depth != defaultDepth {
		t.Errorf("%+v", any)
	}
}

func TestParseFileRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"method = TLSv1.2":                    "tls.cfg:1: \"method = TLSv1.2\" stands before the first profile",
		"[server:default":                     "tls.cfg:1: profile [server:default: want",
		"[peer:default]":                      "for server or client",
		"[server:example.com:5061]":           "want default, any or ADDRESS:PORT",
		"[server:default]\n\nfoo = bar":       "tls.cfg:3: unknown setting \"foo\"",
		"[server:default]\ncertifcate = x":    "did you mean certificate?",
		"[server:default]\nmethod = TLSv12":   "did you mean TLSv1",
		"[server:default]\nmethod = SSLv3":    "is not spoken here",
		"[server:default]\nverify_depth = x":  "verify_depth: want a number",
		"[server:default]\nverify_cert = may": "want yes or no",
		"[server:default]\nverify_client = x": "verify_client takes off, on",
		"[server:default]\ncertificate":       "neither a profile nor NAME = VALUE",
	} {
		if _, err := parseFile("tls.cfg", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// FuzzParseFile: any text is read or refused.
func FuzzParseFile(f *testing.F) {
	f.Add("[server:default]\nmethod = TLSv1.2+\n[client:any]\nserver_name=x\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parseFile("x", text)
		if err == nil && len(list) > strings.Count(text, "[") {
			t.Errorf("%d profiles", len(list))
		}
	})
}

func TestCiphers(t *testing.T) {
	names := func(text string) string {
		ids, err := parseCiphers(text)
		if err != nil {
			return err.Error()
		}
		var list []string
		for _, id := range ids {
			c, _ := cipherOf(id)
			list = append(list, c.name)
		}
		return strings.Join(list, " ")
	}
	for text, want := range map[string]string{
		"ECDHE-RSA-AES128-GCM-SHA256":                               "ECDHE-RSA-AES128-GCM-SHA256",
		"AES128-SHA:ECDHE-RSA-AES256-GCM-SHA384 DHE-RSA-AES256-SHA": "ECDHE-RSA-AES256-GCM-SHA384 AES128-SHA",
		"ECDHE+AESGCM+aRSA":                                         "ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-AES128-GCM-SHA256",
		"kRSA:!SHA:-SHA256:@STRENGTH":                               "AES256-GCM-SHA384 AES128-GCM-SHA256",
		"CHACHA20:!ECDSA:!aNULL:+HIGH":                              "ECDHE-RSA-CHACHA20-POLY1305 TLS_CHACHA20_POLY1305_SHA256",
		"ECDHE-RSA-AES128-GMC-SHA256":                               `cipher_list: unknown cipher "ECDHE-RSA-AES128-GMC-SHA256"; did you mean ECDHE-RSA-AES128-GCM-SHA256?`,
		"CAMELLIA128-SHA256":                                        `cipher_list "CAMELLIA128-SHA256" leaves nothing that is spoken here; leave it out, or take HIGH`,
		"HIGH:!HIGH":                                                `cipher_list "HIGH:!HIGH" leaves nothing that is spoken here; leave it out, or take HIGH`,
		"ECDHE+NONSENSE":                                            `cipher_list: unknown cipher "ECDHE+NONSENSE"`,
	} {
		if got := names(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if ids, err := parseCiphers("DEFAULT"); err != nil || len(ids) < 15 {
		t.Errorf("DEFAULT: %d, %v", len(ids), err)
	}
}

// TestSuites: every suite has the name that Go gives its number, in OpenSSL's form.
func TestSuites(t *testing.T) {
	for _, c := range suites {
		goName := tls.CipherSuiteName(c.id)
		for _, word := range []string{strings.TrimSuffix(c.enc[strings.IndexByte(c.enc, '(')+1:], ")")} {
			if !strings.Contains(goName, word) && word != "168" && !strings.Contains(goName, "CHACHA20") {
				t.Errorf("%s is %s", c.name, goName)
			}
		}
		if strings.Contains(goName, "ECDSA") != (c.au == "ECDSA") || strings.Contains(goName, "ECDHE") != (c.kx == "ECDH") {
			t.Errorf("%s is %s", c.name, goName)
		}
	}
	got, want := suites[1].description(), "ECDHE-RSA-AES256-GCM-SHA384    TLSv1.2 Kx=ECDH     Au=RSA   Enc=AESGCM(256)            Mac=AEAD"
	if got != want {
		t.Errorf("%q", got)
	}
}
