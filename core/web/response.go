package web

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
)

// Response answers an HTTP request.
type Response struct {
	Code        int
	Reason      string
	ContentType string   // empty: no such header
	Headers     []string // further ones, each with its CRLF
	Server      string   // the Server header with its name, without CRLF; empty: none
	Body        string
	Upgrade     bool // the connection goes on in another protocol: no body, and it stays open
}

// Append writes the response to a request as it goes over the wire. The header Sia is the request's
// Via under the name that the incumbent gives it, since a Via of HTTP means something else.
func (r *Response) Append(dst []byte, m *route.Message) []byte {
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(r.Code), 10)
	dst = append(append(append(dst, ' '), r.Reason...), "\r\nSia: "...)
	dst = append(append(dst, via(m.Flow)...), "\r\n"...)
	for _, h := range m.Answer.Headers {
		dst = append(dst, h...)
	}
	for _, h := range r.Headers {
		dst = append(dst, h...)
	}
	if r.ContentType != "" {
		dst = append(append(append(dst, "Content-Type: "...), r.ContentType...), "\r\n"...)
	}
	if r.Server != "" {
		dst = append(append(dst, r.Server...), "\r\n"...)
	}
	if r.closes(m) {
		dst = append(dst, "Connection: close\r\n"...)
	}
	if r.Upgrade {
		return append(dst, "\r\n"...)
	}
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(r.Body)), 10)
	dst = append(dst, "\r\n\r\n"...)
	if m.MethodName == "HEAD" {
		return dst
	}
	return append(dst, r.Body...)
}

// Mode is how the connection is used for the response: it ends where the client or the script asked for that.
func (r *Response) Mode(m *route.Message) route.SendMode {
	mode := m.Reply&^route.CloseAfter | route.NoConnect
	if r.closes(m) {
		mode |= route.CloseAfter
	}
	return mode
}

func (r *Response) closes(m *route.Message) bool {
	return !r.Upgrade && (m.Reply&route.CloseAfter != 0 || !Keeps(m))
}

// Valid tells whether the parts that become header lines are such: they have no line ends, and
// the code has three digits.
func (r *Response) Valid() bool {
	return r.Code >= 100 && r.Code <= 999 && !strings.ContainsAny(r.Reason+r.ContentType, "\r\n")
}
