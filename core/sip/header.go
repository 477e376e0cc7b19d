package sip

import "strings"

// Header is one header field of a message, as it was received.
type Header struct {
	Type  HeaderType
	index uint16 // place in Message.Headers

	Name  string // as written, without the blanks before the colon
	Value string // without leading blanks and the final line end; trailing blanks and folding stay

	Start, End int // the whole field in Message.Raw, with its line ends
}

// HeaderType names a known header field, in its long or compact form.
type HeaderType uint8

// The known header fields. HdrOther stands for every other one.
const (
	HdrOther HeaderType = iota
	HdrVia
	HdrFrom
	HdrTo
	HdrCallID
	HdrCSeq
	HdrContact
	HdrMaxForwards
	HdrRoute
	HdrRecordRoute
	HdrContentType
	HdrContentLength
	HdrExpires
	HdrMinExpires
	HdrAuthorization
	HdrProxyAuthorization
	HdrWWWAuthenticate
	HdrProxyAuthenticate
	HdrSupported
	HdrRequire
	HdrProxyRequire
	HdrUnsupported
	HdrAllow
	HdrAllowEvents
	HdrEvent
	HdrSubscriptionState
	HdrAccept
	HdrAcceptLanguage
	HdrAcceptContact
	HdrRejectContact
	HdrRequestDisposition
	HdrUserAgent
	HdrServer
	HdrSubject
	HdrOrganization
	HdrPriority
	HdrPath
	HdrServiceRoute
	HdrDate
	HdrPAI
	HdrPPI
	HdrRPID
	HdrDiversion
	HdrReferTo
	HdrReferredBy
	HdrReplaces
	HdrIdentity
	HdrIdentityInfo
	HdrPrivacy
	HdrRetryAfter
	HdrContentDisposition
	HdrContentEncoding
	HdrSessionExpires
	HdrMinSE
	HdrReason
	HdrWarning
	HdrRSeq
	HdrRAck
	HdrSIPIfMatch
	HdrSIPETag
	hdrCount
)

// headerNames has the long name and the compact form of each known header field.
var headerNames = [hdrCount]struct{ name, compact string }{
	HdrVia:                {"Via", "v"},
	HdrFrom:               {"From", "f"},
	HdrTo:                 {"To", "t"},
	HdrCallID:             {"Call-ID", "i"},
	HdrCSeq:               {"CSeq", ""},
	HdrContact:            {"Contact", "m"},
	HdrMaxForwards:        {"Max-Forwards", ""},
	HdrRoute:              {"Route", ""},
	HdrRecordRoute:        {"Record-Route", ""},
	HdrContentType:        {"Content-Type", "c"},
	HdrContentLength:      {"Content-Length", "l"},
	HdrExpires:            {"Expires", ""},
	HdrMinExpires:         {"Min-Expires", ""},
	HdrAuthorization:      {"Authorization", ""},
	HdrProxyAuthorization: {"Proxy-Authorization", ""},
	HdrWWWAuthenticate:    {"WWW-Authenticate", ""},
	HdrProxyAuthenticate:  {"Proxy-Authenticate", ""},
	HdrSupported:          {"Supported", "k"},
	HdrRequire:            {"Require", ""},
	HdrProxyRequire:       {"Proxy-Require", ""},
	HdrUnsupported:        {"Unsupported", ""},
	HdrAllow:              {"Allow", ""},
	HdrAllowEvents:        {"Allow-Events", "u"},
	HdrEvent:              {"Event", "o"},
	HdrSubscriptionState:  {"Subscription-State", ""},
	HdrAccept:             {"Accept", ""},
	HdrAcceptLanguage:     {"Accept-Language", ""},
	HdrAcceptContact:      {"Accept-Contact", "a"},
	HdrRejectContact:      {"Reject-Contact", "j"},
	HdrRequestDisposition: {"Request-Disposition", "d"},
	HdrUserAgent:          {"User-Agent", ""},
	HdrServer:             {"Server", ""},
	HdrSubject:            {"Subject", "s"},
	HdrOrganization:       {"Organization", ""},
	HdrPriority:           {"Priority", ""},
	HdrPath:               {"Path", ""},
	HdrServiceRoute:       {"Service-Route", ""},
	HdrDate:               {"Date", ""},
	HdrPAI:                {"P-Asserted-Identity", ""},
	HdrPPI:                {"P-Preferred-Identity", ""},
	HdrRPID:               {"Remote-Party-ID", ""},
	HdrDiversion:          {"Diversion", ""},
	HdrReferTo:            {"Refer-To", "r"},
	HdrReferredBy:         {"Referred-By", "b"},
	HdrReplaces:           {"Replaces", ""},
	HdrIdentity:           {"Identity", "y"},
	HdrIdentityInfo:       {"Identity-Info", "n"},
	HdrPrivacy:            {"Privacy", ""},
	HdrRetryAfter:         {"Retry-After", ""},
	HdrContentDisposition: {"Content-Disposition", ""},
	HdrContentEncoding:    {"Content-Encoding", "e"},
	HdrSessionExpires:     {"Session-Expires", "x"},
	HdrMinSE:              {"Min-SE", ""},
	HdrReason:             {"Reason", ""},
	HdrWarning:            {"Warning", ""},
	HdrRSeq:               {"RSeq", ""},
	HdrRAck:               {"RAck", ""},
	HdrSIPIfMatch:         {"SIP-If-Match", ""},
	HdrSIPETag:            {"SIP-ETag", ""},
}

// Name gives the long name, and "" for HdrOther.
func (t HeaderType) Name() string { return headerNames[t].name }

// Compact gives the one-letter form, or "" if there is none.
func (t HeaderType) Compact() string { return headerNames[t].compact }

// maxHeaderName bounds the header names that scripts use.
const maxHeaderName = 124

// HeaderName checks a header name as scripts give it. Blanks, and a colon with all after it, may follow the name
// of a header that is known here; they stay with an unknown name, which no header then has. Scripts know it so from the incumbent.
func HeaderName(text string) (name string, ok bool) {
	name = HeaderWord(text)
	rest := strings.TrimLeft(text[len(name):], " \t")
	if name == "" || len(text) > maxHeaderName || rest != "" && rest[0] != ':' {
		return "", false
	}
	if HeaderTypeOf(name) == HdrOther {
		return text, true
	}
	return name, true
}

// HeaderWord is the header name that a text begins with; empty if there is none.
func HeaderWord(text string) string {
	i := 0
	for i < len(text) && byteClass[text[i]]&className != 0 {
		i++
	}
	return text[:i]
}

// HeaderTypeOf gives the type of a header name or compact form, without regard to case.
func HeaderTypeOf(name string) HeaderType {
	if len(name) == 1 {
		return compactTypes[lower(name[0])]
	}
	if name == "" {
		return HdrOther
	}
	for slot := nameHash(name); ; slot++ {
		t := headerTypes[slot]
		if t == HdrOther || EqualFold(name, headerNames[t].name) {
			return t
		}
	}
}

// usualName gives the type of the header field at a place if that begins with a known long name and a colon, as nearly all do,
// and where the name ends.
func usualName(raw string, at int) (t HeaderType, end int) {
	if at+3 > len(raw) {
		return HdrOther, at
	}
	for t = firstOfStart[nameStart(raw[at], raw[at+1], raw[at+2])]; t != HdrOther; t = nextOfStart[t] {
		name := headerNames[t].name
		end = at + len(name)
		if end < len(raw) && raw[end] == ':' && EqualFold(raw[at:end], name) {
			return t, end
		}
	}
	return HdrOther, at
}

// nameStart mixes the first three bytes of a header field; a name of two letters has its colon among them.
func nameStart(a, b, c byte) uint8 { return (a|0x20)*31 + (b|0x20)*7 + (c | 0x20) }

// The indexes over headerNames are made at start and never written again. headerTypes is a hash table with open slots: nameHash
// gives the first slot to try. The names that nameStart takes for the same are a chain.
var (
	compactTypes              = makeCompactTypes()
	headerTypes               = makeHeaderTypes()
	firstOfStart, nextOfStart = makeStarts()
)

func makeStarts() (first [256]HeaderType, next [hdrCount]HeaderType) {
	for t := hdrCount - 1; t > HdrOther; t-- { // the most frequent ones come first
		text := headerNames[t].name + ":"
		at := nameStart(text[0], text[1], text[2])
		first[at], next[t] = t, first[at]
	}
	return first, next
}

func makeCompactTypes() (table [256]HeaderType) {
	for t, names := range headerNames {
		if names.compact != "" {
			table[names.compact[0]] = HeaderType(t)
		}
	}
	return table
}

func makeHeaderTypes() (table [256]HeaderType) {
	for t := HdrOther + 1; t < hdrCount; t++ {
		slot := nameHash(headerNames[t].name)
		for table[slot] != HdrOther {
			slot++
		}
		table[slot] = t
	}
	return table
}

// nameHash mixes the length, the first, the middle and the last letter, which tell the known names apart well enough.
func nameHash(name string) uint8 {
	n := len(name)
	first, middle, last := name[0]|0x20, name[n/2]|0x20, name[n-1]|0x20
	return uint8(n)*7 + first*31 + middle*5 + last*61
}
