package sip

import (
	"slices"
	"strings"
	"unsafe"
)

// MaxHeaders is the number of headers that a message may have.
const MaxHeaders = 256

// inlineHeaders is how many headers a Message holds without an allocation. A pending transaction keeps its message: one
// more would put what it costs into the allocator's next size.
const inlineHeaders = 24

// Message is a received SIP message (or an HTTP one that came to a SIP port). It must not be copied after Parse, since
// Headers points into it. One goroutine at a time may use it: even reading fills its caches.
type Message struct {
	_ noCopy

	Raw       string // the received text from the start line on, immutable
	IsRequest bool

	Method     Method // of a request; of a reply once CSeq was called
	MethodName string // as written in the request line
	RequestURI string // as written in the request line
	Status     int    // of a reply, 100 to 699
	Reason     string // of a reply, may be empty
	Version    string // as written: "SIP/2.0", "HTTP/1.1"

	Headers      []Header // in order of arrival
	HeadersStart int      // end of the start line, with its line end
	HeadersEnd   int      // place of the blank line: where further headers would go
	BodyStart    int      // end of the blank line

	inline   [inlineHeaders]Header
	first    [hdrCount]uint16 // one more than the place of the first header of each type
	repeated uint16           // one more than the place of the first header that should not have come twice
	ended    bool             // a look-up went on to the end of the headers

	cseq          lazy[CSeq]
	from, to      lazy[NameAddr]
	uri           lazy[URI]
	via           lazy[Via]
	nextVia       *lazy[Via] // made when it is first asked for: of replies only
	contentLength lazy[int]
}

// noCopy makes go vet report copies of what holds it.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// lazy is a part that is parsed when it is first asked for.
type lazy[T any] struct {
	value T
	err   error
	done  bool
}

// Parse reads the start line and finds the headers. The message can be used again and again for further texts; parts of
// earlier texts stay valid. After an error only Raw is of use, except for ErrVersion: there the message is complete.
func (m *Message) Parse(raw string) error {
	m.reset(raw)
	version, err := m.parseStartLine()
	if err != nil {
		return err
	}
	if err := m.parseHeaders(); err != nil {
		return err
	}
	return version
}

// Parse reads a message into a new Message.
func Parse(raw string) (*Message, error) {
	m := new(Message)
	err := m.Parse(raw)
	return m, err
}

// reset forgets the earlier text. Line ends before the start line are dropped (RFC 3261 7.5).
func (m *Message) reset(raw string) {
	m.Raw = trimLeft(raw)
	m.IsRequest = false
	m.Method, m.MethodName, m.RequestURI = 0, "", ""
	m.Status, m.Reason, m.Version = 0, "", ""
	m.Headers = m.Headers[:0] // of an earlier text with many headers, to use its room again
	if cap(m.Headers) < inlineHeaders {
		m.Headers = m.inline[:0]
	}
	m.HeadersStart, m.HeadersEnd, m.BodyStart = 0, 0, 0
	m.repeated, m.ended = 0, false
	clear(m.first[:])
	m.cseq.done, m.from.done, m.to.done, m.uri.done = false, false, false, false
	m.via.done, m.contentLength.done = false, false
	if m.nextVia != nil {
		m.nextVia.done = false
	}
}

// parseHeaders finds the header fields up to the blank line. Some peers leave that line out when there is no body.
func (m *Message) parseHeaders() error {
	for at := m.HeadersStart; at < len(m.Raw); {
		if n := lineEnd(m.Raw, at); n > 0 {
			m.HeadersEnd, m.BodyStart = at, at+n
			return nil
		}
		end, err := m.parseHeader(at)
		if err != nil {
			return err
		}
		at = end
	}
	m.HeadersEnd, m.BodyStart = len(m.Raw), len(m.Raw)
	return nil
}

// parseHeader records the header field that begins at a place of the text and gives the place of its end.
func (m *Message) parseHeader(at int) (end int, err error) {
	raw := m.Raw
	t, nameEnd := usualName(raw, at)
	colon := nameEnd
	if t == HdrOther {
		nameEnd, colon = nameAndColon(raw, at)
		t = HeaderTypeOf(raw[at:nameEnd])
	}
	if end = fieldEnd(raw, colon); end < 0 {
		return 0, ErrNoEnd
	}
	if nameEnd == at || raw[colon] != ':' {
		return 0, ErrHeader
	}
	n := len(m.Headers)
	if n == MaxHeaders {
		return 0, ErrTooManyHeaders
	}
	m.countHeader(t, n)
	if n == cap(m.Headers) {
		m.Headers = slices.Grow(m.Headers, 1)
	}
	m.Headers = m.Headers[:n+1]
	h := &m.Headers[n] // filled in place, since a copy of it costs more
	h.Type, h.index = t, uint16(n)
	h.Name, h.Value = raw[at:nameEnd], fieldValue(raw, colon+1, end)
	h.Start, h.End = at, end
	return end, nil
}

// nameAndColon gives where the header name at a place ends, and where its colon should be.
func nameAndColon(raw string, at int) (nameEnd, colon int) {
	nameEnd = at
	for nameEnd < len(raw) && byteClass[raw[nameEnd]]&classToken != 0 {
		nameEnd++
	}
	colon = nameEnd
	for colon < len(raw) && (raw[colon] == ' ' || raw[colon] == '\t') {
		colon++
	}
	return nameEnd, colon
}

// countHeader notes the first header of each type, and one that should not have come twice.
func (m *Message) countHeader(t HeaderType, n int) {
	switch {
	case m.first[t] == 0:
		m.first[t] = uint16(n + 1)
	case once[t] && m.repeated == 0:
		m.repeated = uint16(n + 1)
	}
}

// fieldEnd gives the end of the header field at a place, with its line end: a line that begins with a blank goes on with
// the one before it. It is -1 if the text ends first.
func fieldEnd(raw string, at int) int {
	for {
		n := strings.IndexByte(raw[at:], '\n')
		if n < 0 {
			return -1
		}
		at += n + 1
		if at == len(raw) || raw[at] != ' ' && raw[at] != '\t' {
			return at
		}
	}
}

// fieldValue is what stands between the colon and the end of a header field, without leading blanks, which may hold a folded
// line, and the final line end.
func fieldValue(raw string, from, end int) string {
	end--
	if end > from && raw[end-1] == '\r' {
		end--
	}
	for from < end && isBlank(raw[from]) {
		from++
	}
	return raw[from:end]
}

// lineEnd gives the length of the line end at a place, or 0.
func lineEnd(raw string, at int) int {
	if raw[at] == '\n' {
		return 1
	}
	if raw[at] == '\r' && at+1 < len(raw) && raw[at+1] == '\n' {
		return 2
	}
	return 0
}

// First gives the first header of a type, or nil. With HdrOther it gives the first header of unknown name.
func (m *Message) First(t HeaderType) *Header {
	if i := m.first[t]; i > 0 {
		return &m.Headers[i-1]
	}
	m.ended = true
	return nil
}

// ReadHeaders says that a route has looked at all headers, or, with false, that none has begun.
func (m *Message) ReadHeaders(all bool) { m.ended = all }

// HeadersRead tells whether a route has looked at all headers: for one that is not there, for one by its name, or for
// the body behind them. The incumbent reads no more of them than it must, and scripts can see how far it has come.
func (m *Message) HeadersRead() bool { return m.ended }

// Find gives the first header of a name, or nil. Case does not matter, and the compact form of a known header stands
// for its long name.
func (m *Message) Find(name string) *Header {
	m.ended = true
	t := HeaderTypeOf(name)
	h := m.First(t)
	if t != HdrOther || h == nil || EqualFold(h.Name, name) {
		return h
	}
	return m.next(int(h.index)+1, t, name)
}

// Next gives the next header of the same name as h, or nil.
func (m *Message) Next(h *Header) *Header {
	return m.next(int(h.index)+1, h.Type, h.Name)
}

func (m *Message) next(from int, t HeaderType, name string) *Header {
	for i := from; i < len(m.Headers); i++ {
		h := &m.Headers[i]
		if h.Type == t && (t != HdrOther || EqualFold(h.Name, name)) {
			return h
		}
	}
	return nil
}

// Offset gives the place in Raw of a part of it. It is -1 for a text that is no part of Raw, and for an empty one, which
// has no place.
func (m *Message) Offset(part string) int {
	if part == "" || m.Raw == "" {
		return -1
	}
	base := uintptr(unsafe.Pointer(unsafe.StringData(m.Raw)))
	at := uintptr(unsafe.Pointer(unsafe.StringData(part)))
	if at < base || at+uintptr(len(part)) > base+uintptr(len(m.Raw)) {
		return -1
	}
	return int(at - base)
}

// CallID gives the value of the Call-ID header without blanks around it, or "".
func (m *Message) CallID() string {
	if h := m.First(HdrCallID); h != nil {
		return trimRight(h.Value)
	}
	return ""
}

// URI gives the parsed request URI. The pointer is never nil.
func (m *Message) URI() (*URI, error) {
	if !m.uri.done {
		m.uri.done = true
		m.uri.err = m.uri.value.Parse(m.RequestURI)
	}
	return &m.uri.value, m.uri.err
}

// BadURIs is how many of the request URI and the URIs of From and To somebody has asked for and could not be read.
func (m *Message) BadURIs() (n int) {
	if m.uri.done && m.uri.err != nil {
		n++
	}
	if m.from.done && m.from.value.badURI() {
		n++
	}
	if m.to.done && m.to.value.badURI() {
		n++
	}
	return n
}

// Body gives what follows the blank line: as much as Content-Length says if that fits, else all of it.
func (m *Message) Body() string {
	m.ended = true
	body := m.Raw[m.BodyStart:]
	if n, ok, err := m.ContentLength(); ok && err == nil && n <= len(body) {
		return body[:n]
	}
	return body
}
