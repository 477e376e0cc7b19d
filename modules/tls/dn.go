package tls

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"
)

// rdnNames are the short names that OpenSSL writes.
var rdnNames = map[string]string{
	"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "street",
	"2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title", "2.5.4.13": "description", "2.5.4.17": "postalCode", "2.5.4.41": "name",
	"2.5.4.42": "GN", "2.5.4.43": "initials", "2.5.4.46": "dnQualifier", "0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
	"1.2.840.113549.1.9.1": "emailAddress", "1.2.840.113549.1.9.2": "unstructuredName",
}

// dnParts are the parts of a name that variables show, by the end of the variable's name.
var dnParts = map[string]string{"cn": "CN", "locality": "L", "country": "C", "state": "ST", "organization": "O", "unit": "OU", "uid": "UID"}

type rdn struct{ name, value string }

// parseDN lists the parts of a distinguished name in their order.
func parseDN(raw []byte) (list []rdn) {
	var seq pkix.RDNSequence
	if _, err := asn1.Unmarshal(raw, &seq); err != nil {
		return nil
	}
	for _, set := range seq {
		for _, a := range set {
			oid := a.Type.String()
			name := rdnNames[oid]
			if name == "" {
				name = oid
			}
			text, _ := a.Value.(string)
			list = append(list, rdn{name, text})
		}
	}
	return list
}

// part is the first part of a name of one kind.
func part(raw []byte, name string) string {
	for _, p := range parseDN(raw) {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// oneLine is a name as /C=DE/O=Example/CN=sip.example.com.
func oneLine(raw []byte) string {
	var b strings.Builder
	for _, p := range parseDN(raw) {
		b.WriteString("/" + p.name + "=")
		for i := range len(p.value) {
			if c := p.value[i]; c < ' ' || c > '~' {
				fmt.Fprintf(&b, `\x%02X`, c)
			} else {
				b.WriteByte(c)
			}
		}
	}
	return b.String()
}
