package transport

import "bytes"

// AcceptHTTP has HTTP messages on streams delivered, with Kind set; only before Start.
func (s *Set) AcceptHTTP() { s.opt.AcceptHTTP = true }

// isEncoded tells whether the header of an HTTP message says that its body comes in another form
// than Content-Length bytes (RFC 9112 6.1). Such a body has no place in a message that is framed as SIP.
func isEncoded(head []byte) bool {
	const name = "transfer-encoding"
	for len(head) > 0 {
		line, rest, _ := bytes.Cut(head, []byte("\n"))
		if len(line) > len(name) && bytes.EqualFold(line[:len(name)], []byte(name)) {
			return true
		}
		head = rest
	}
	return false
}

// ServesMSRP tells whether somebody takes frames of MSRP.
func (s *Set) ServesMSRP() bool { return s.opt.Streams != nil }
