package registrar

import (
	"strings"
	"testing"
)

// FuzzSave feeds any Contact, Expires and Path value to save: it must answer, and what it
// stored must be found again by a query.
func FuzzSave(f *testing.F) {
	f.Add(`"Desk" <sip:a@h;x=y>;q=0.5;expires=60;+sip.instance="<urn:uuid:1>";reg-id=1`, "60", "<sip:p;lr;ob>")
	f.Add("*", "0", "")
	f.Add("<sip:a@h>, <sip:b@h>;q=1.", "", `"x" <sip:p>, <`)
	f.Add("sip:a@h;expires=\"", "-1", ",")
	f.Fuzz(func(t *testing.T, contact, expires, path string) {
		if strings.ContainsAny(contact+expires+path, "\r\n") {
			return // these would be further headers
		}
		h := newHost(t, func(s *state) { s.usePath, s.pathMode, s.pathUseReceived, s.outboundMode = 1, 0, 1, 1 })
		result, out := h.register(0, "Contact: "+contact, "Expires: "+expires, "Path: "+path, "Supported: gruu, outbound")
		if out == nil || result > 0 != (out.code == 200) {
			t.Fatalf("result %d, reply %+v", result, out)
		}
		if _, query := h.register(0); result > 0 && (query.contacts != "") != (h.location.Table("location").Contacts() > 0) {
			t.Fatalf("query gave %q", query.contacts)
		}
	})
}
