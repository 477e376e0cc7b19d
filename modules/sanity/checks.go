package sanity

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// checks are the checks in the order in which they run.
var checks = []struct {
	bit  int
	what string
	find func(s *state, m *route.Message, uris int) *fault
}{
	{1, "version of the request line", version},
	{2, "scheme of the request URI", scheme},
	{4, "required headers", required},
	{8, "version of the Via, which is always checked", nothing},
	{16, "protocol of the Via, which is always checked", nothing},
	{32, "method of CSeq", cseqMethod},
	{64, "number of CSeq", cseqNumber},
	{128, "Content-Length", contentLength},
	{256, "Expires", expires},
	{512, "Proxy-Require", proxyRequire},
	{1024, "URIs", parseURIs},
	{2048, "credentials, which must be digest ones", digestOnly},
	{4096, "tags given twice", duplicateTags},
	{8192, "digest credentials", digest},
	{16384, "first Via", firstVia},
}

func checkList() string {
	var words []string
	for i := range checks {
		words = append(words, strconv.Itoa(checks[i].bit)+" "+checks[i].what)
	}
	return strings.Join(words, ", ")
}

func nothing(*state, *route.Message, int) *fault { return nil }

// The faults, which never change.
var (
	badVersion     = fault{code: 505, reason: "Version Not Supported (R-URI)"}
	badURI         = fault{code: 400, reason: "Bad Request URI"}
	badScheme      = fault{code: 416, reason: "Unsupported URI Scheme in Request URI"}
	badHeaders     = fault{code: 400, reason: "Bad Headers", silent: true}
	noCSeqMethod   = fault{code: 400, reason: "Missing method in CSeq header"}
	otherMethod    = fault{code: 400, reason: "CSeq method does not match request method"}
	noCSeqNumber   = fault{code: 400, reason: "Missing number in CSeq header"}
	badCSeqNumber  = fault{code: 400, reason: "CSeq number is illegal"}
	badLength      = fault{code: 400, reason: "Content-Length mis-match"}
	emptyExpires   = fault{code: 400, reason: "Bad Expires Header"}
	badExpires     = fault{code: 400, reason: "Expires value is illegal"}
	emptyRequire   = fault{code: 400, reason: "Bad Proxy Require Header"}
	badFrom        = fault{code: 400, reason: "Invalid From Header"}
	badTo          = fault{code: 400, reason: "Ivalid To Header"}
	badContact     = fault{code: 400, reason: "Bad Contact Header"}
	badContactURI  = fault{code: 400, reason: "Bad Contact URI"}
	manyFromTags   = fault{code: 400, reason: "Many From Tag Params"}
	manyToTags     = fault{code: 400, reason: "Many To Tag Params"}
	notDigest      = fault{code: 400, reason: "Not a digest authorization", silent: true}
	badAuth        = fault{code: 400, reason: "Bad Auth Header"}
	badCredentials = fault{code: 400, reason: "Bad Auth Credentials"}
	noUser         = fault{code: 400, reason: "Auth Empty User"}
	noNonce        = fault{code: 400, reason: "Auth Empty Nonce"}
	noResponse     = fault{code: 400, reason: "Auth Empty Response"}
	badVia         = fault{code: 400, reason: "Bad Via Header", silent: true}
)

func version(_ *state, m *route.Message, _ int) *fault {
	if !m.IsRequest || !sip.EqualFold(m.Version, "SIP/2.0") && !m.IsHTTP() { // a reply has no request line
		return &badVersion
	}
	return nil
}

func scheme(_ *state, m *route.Message, _ int) *fault {
	u, err := m.URI()
	switch {
	case err != nil || !m.IsRequest: // a reply has none, which is a fault too
		return &badURI
	case u.Scheme == sip.SchemeNone:
		return &badScheme
	}
	return nil
}

// once are the headers that a message has one time (RFC 3261 8.1.1, 20).
var once = [...]sip.HeaderType{sip.HdrFrom, sip.HdrTo, sip.HdrCSeq, sip.HdrCallID}

func required(_ *state, m *route.Message, _ int) *fault {
	for _, t := range once {
		h := m.First(t)
		if h == nil || m.Repeats() && m.Next(h) != nil {
			return &badHeaders
		}
	}
	if m.First(sip.HdrVia) == nil {
		return &badHeaders
	}
	return nil
}

func cseqMethod(_ *state, m *route.Message, _ int) *fault {
	cseq, _ := m.CSeq()
	switch {
	case cseq.MethodName == "":
		return &noCSeqMethod
	case !m.IsRequest || cseq.MethodName != m.MethodName: // a reply has none of its own
		return &otherMethod
	}
	return nil
}

func cseqNumber(_ *state, m *route.Message, _ int) *fault {
	cseq, err := m.CSeq()
	switch {
	case cseq.NumberText == "":
		return &noCSeqNumber
	case err == sip.ErrNumber:
		return &badCSeqNumber
	}
	return nil
}

func contentLength(_ *state, m *route.Message, _ int) *fault {
	n, ok, err := m.ContentLength()
	if err != nil || ok && n != len(m.Raw)-m.BodyStart {
		return &badLength
	}
	return nil
}

func expires(_ *state, m *route.Message, _ int) *fault {
	h := m.First(sip.HdrExpires)
	if h == nil {
		return nil
	}
	value := strings.TrimRight(h.Value, " \t\r\n")
	if value == "" {
		return &emptyExpires
	}
	for i := range len(value) {
		if value[i]-'0' >= 10 {
			return &badExpires
		}
	}
	return nil
}

// proxyRequire names the first extension that is not supported (RFC 3261 16.3 step 5).
func proxyRequire(s *state, m *route.Message, _ int) *fault {
	for h := m.First(sip.HdrProxyRequire); h != nil; h = m.Next(h) {
		if strings.TrimSpace(h.Value) == "" {
			return &emptyRequire
		}
		for word := range strings.SplitSeq(h.Value, ",") {
			if word = strings.TrimSpace(word); word != "" && !s.supports(word) {
				return &fault{code: 420, reason: "Bad Proxy Require Extension", header: "Unsupported: " + word + "\r\n"}
			}
		}
	}
	return nil
}

func (s *state) supports(word string) bool {
	for _, known := range s.supported {
		if sip.EqualFold(known, word) {
			return true
		}
	}
	return false
}

func firstVia(_ *state, m *route.Message, _ int) *fault {
	if via, err := m.TopVia(); err != nil || via.Host == "" {
		return &badVia
	}
	return nil
}
