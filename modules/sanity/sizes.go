package sanity

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// sizes are the limits of the size_ parameters; the bit of each in size_checks is its place.
var sizes = [...]struct {
	name    string
	limit   int
	measure func(m *route.Message) int // the size of the largest
	doc     string
}{
	{"size_message", 16384, func(m *route.Message) int { return len(m.Raw) }, "message"},
	{"size_method", 32, func(m *route.Message) int { return len(m.MethodName) }, "method"},
	{"size_ruri", 256, func(m *route.Message) int { return len(m.RequestURI) }, "request URI"},
	{"size_from_uri", 256, uriOf(sip.HdrFrom), "From URI"},
	{"size_to_uri", 256, uriOf(sip.HdrTo), "To URI"},
	{"size_contact_uri", 256, uriOf(sip.HdrContact), "Contact URI"},
	{"size_route_uri", 256, uriOf(sip.HdrRoute), "Route URI"},
	{"size_path_uri", 256, uriOf(sip.HdrPath), "Path URI"},
	{"size_pai_uri", 256, uriOf(sip.HdrPAI), "P-Asserted-Identity URI"},
	{"size_header", 2048, largestHeader, "header"},
	{"size_headers", 8192, func(m *route.Message) int { return m.HeadersEnd - m.HeadersStart }, "all headers together"},
	{"size_body", 8192, func(m *route.Message) int { return len(m.Raw) - m.BodyStart }, "body"},
}

func sizeParams() (params kemi.Params[state]) {
	for i := range sizes {
		params = append(params, kemi.IntParam(sizes[i].name, sizes[i].limit, func(s *state) *int { return &s.sizes[i] }, "most bytes of the "+sizes[i].doc+", if size_checks asks for it"))
	}
	return params
}

var (
	longURI  = fault{code: 414, reason: "Request-URI Too Long"}
	tooLarge = fault{code: 513, reason: "Message Too Large"}
)

const ruriSize = 2 // the request URI's place in sizes

func (s *state) tooLarge(m *route.Message) *fault {
	for i := range sizes {
		if s.sizeChecks&(1<<i) == 0 || sizes[i].measure(m) <= s.sizes[i] {
			continue
		}
		if i == ruriSize {
			return &longURI
		}
		return &tooLarge
	}
	return nil
}

// uriOf measures the URIs of all headers of a type.
func uriOf(t sip.HeaderType) func(*route.Message) int {
	return func(m *route.Message) (size int) {
		for h := m.First(t); h != nil; h = m.Next(h) {
			for rest := h.Value; rest != ""; {
				addr, next, err := sip.ParseNameAddr(rest)
				if err != nil {
					break
				}
				size, rest = max(size, len(addr.URIText)), next
			}
		}
		return size
	}
}

func largestHeader(m *route.Message) (size int) {
	for i := range m.Headers {
		size = max(size, m.Headers[i].End-m.Headers[i].Start)
	}
	return size
}
