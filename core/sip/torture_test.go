package sip

import (
	"os"
	"strings"
	"testing"
)

// torture says which parts of the messages of RFC 4475, in testdata/torture, must be refused. "parse" stands for the
// whole message. Each entry has its file and each file its entry.
//
// Where the RFC leaves the choice, what is accepted here is what the incumbent accepts: addresses without brackets that
// hold a question mark (regbadct), blanks within brackets (badaspec), a second blank before the version (but not after
// the method: lwsstart).
var torture = map[string]string{
	// 3.1.1: valid messages.
	"wsinv":      "",
	"intmeth":    "",
	"esc01":      "",
	"escnull":    "",
	"esc02":      "",
	"lwsdisp":    "",
	"longreq":    "",
	"dblreq":     "",
	"semiuri":    "",
	"transports": "",
	"unreason":   "",
	"noreason":   "",
	// 3.1.2: invalid ones.
	"badinv01":   "via",
	"clerr":      "body",
	"ncl":        "content-length",
	"scalar02":   "cseq max-forwards expires contact",
	"scalarlg":   "cseq",
	"quotbal":    "to",
	"ltgtruri":   "uri",
	"lwsruri":    "parse",
	"lwsstart":   "parse",
	"trws":       "",
	"escruri":    "",
	"baddate":    "",
	"regbadct":   "",
	"badaspec":   "",
	"baddn":      "from to",
	"badvers":    "parse",
	"mismatch01": "method",
	"mismatch02": "method",
	"bigcode":    "parse",
	// 3.2, 3.3, 3.4: well-formed, to be refused above the parser or not at all.
	"badbranch": "",
	"insuf":     "from to",
	"unkscm":    "uri",
	"novelsc":   "uri",
	"unksm2":    "from-uri to-uri contact",
	"bext01":    "",
	"invut":     "",
	"regaut01":  "",
	"multi01":   "",
	"mcl01":     "content-length",
	"bcast":     "",
	"zeromf":    "",
	"cparam01":  "",
	"cparam02":  "",
	"regescrt":  "",
	"sdp01":     "",
	"inv2543":   "",
}

func TestTorture(t *testing.T) {
	files, err := os.ReadDir("testdata/torture")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(torture) {
		t.Errorf("%d files, %d expectations", len(files), len(torture))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(file.Name(), ".sip"), func(t *testing.T) {
			text, err := os.ReadFile("testdata/torture/" + file.Name())
			if err != nil {
				t.Fatal(err)
			}
			want, known := torture[strings.TrimSuffix(file.Name(), ".sip")]
			if !known {
				t.Fatal("no expectation")
			}
			if got := refused(crlf(string(text))); got != want {
				t.Errorf("refused %q, want %q", got, want)
			}
		})
	}
}

// refused lists the parts of a message that do not parse.
func refused(text string) string {
	m, err := Parse(text)
	if err != nil {
		return "parse"
	}
	var parts []string
	check := func(part string, err error) {
		if err != nil {
			parts = append(parts, part)
		}
	}
	if m.IsRequest {
		_, err = m.URI()
		check("uri", err)
	}
	check("via", walkVias(m))
	checkAddress(check, "from", m.From)
	checkAddress(check, "to", m.To)
	cseq, err := m.CSeq()
	check("cseq", err)
	if m.IsRequest && cseq.MethodName != m.MethodName {
		parts = append(parts, "method")
	}
	_, _, err = m.MaxForwards()
	check("max-forwards", err)
	_, _, err = m.Expires()
	check("expires", err)
	check("contact", walkContacts(m))
	n, _, err := m.ContentLength()
	check("content-length", err)
	if err == nil && n > len(m.Raw)-m.BodyStart {
		parts = append(parts, "body")
	}
	return strings.Join(parts, " ")
}

func checkAddress(check func(string, error), part string, read func() (*NameAddr, error)) {
	addr, err := read()
	check(part, err)
	if err == nil {
		_, err = addr.URI()
		check(part+"-uri", err)
	}
}

func walkVias(m *Message) error {
	vias := m.Vias()
	for vias.Next() {
	}
	return vias.Err()
}

func walkContacts(m *Message) error {
	contacts := m.Contacts()
	for contacts.Next() {
		if _, err := contacts.Addr.ContactParams(); err != nil {
			return err
		}
		if _, err := contacts.Addr.URI(); err != nil {
			return err
		}
	}
	return contacts.Err()
}
