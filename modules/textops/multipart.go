package textops

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// parts walks over the parts of a multipart body (RFC 2046 5.1), in place.
type parts struct {
	body     string
	boundary string // with the two dashes before it; empty: no multipart body
}

// part is one part of such a body. The places are within the body.
type part struct {
	start   int    // of the boundary line before it
	end     int    // of the part: where the next boundary line begins
	after   int    // behind the next boundary line
	kind    string // media type
	headers string // with the blank line
	content string // without the line end that belongs to the boundary
	rest    string // what follows the Content-Type line, up to the next boundary
	raw     string // from the headers on, behind the next boundary line
	last    bool   // the next boundary closes the body
}

// multipart gives the parts of a message's body; without such a body there are none.
func multipart(m *route.Message) parts {
	h := m.First(sip.HdrContentType)
	if h == nil || !strings.HasPrefix(strings.ToLower(mediaType(h.Value)), "multipart/") {
		return parts{}
	}
	_, params, _ := strings.Cut(h.Value, ";")
	for p := sip.ParseParams(params); p.Next(); {
		if sip.EqualFold(p.Name, "boundary") && p.Value != "" {
			return parts{m.Body(), "--" + p.Value}
		}
	}
	return parts{}
}

// line finds the next boundary line from a place on; end is behind it. Closing lines end the body.
func (b parts) line(from int) (start, end int, closing, ok bool) {
	for from < len(b.body) {
		i := strings.Index(b.body[from:], b.boundary)
		if i < 0 {
			return 0, 0, false, false
		}
		start = from + i
		tail := b.body[start+len(b.boundary):]
		closing = strings.HasPrefix(tail, "--")
		line, _, more := strings.Cut(tail, "\n")
		end = len(b.body)
		if more {
			end = start + len(b.boundary) + len(line) + 1
		}
		if (start == 0 || b.body[start-1] == '\n') && strings.Trim(line, "- \t\r") == "" {
			return start, end, closing, true
		}
		from = start + len(b.boundary)
	}
	return 0, 0, false, false
}

// all yields the parts in order. One that no boundary ends is left out.
func (b parts) all(yield func(part) bool) {
	if b.boundary == "" {
		return
	}
	start, from, closing, ok := b.line(0)
	for ok && !closing {
		end, after, last, found := b.line(from)
		if !found {
			return
		}
		p := part{start: start, end: end, after: after, last: last}
		p.read(b.body, from)
		if !yield(p) {
			return
		}
		start, from, closing = end, after, last
	}
}

// read cuts a part into headers and content.
func (p *part) read(body string, from int) {
	text := body[from:p.end]
	p.raw = body[from:p.after]
	p.rest = text
	content := text
	for at := 0; at < len(text); {
		line, _, more := strings.Cut(text[at:], "\n")
		next := at + len(line)
		if more {
			next++
		}
		if strings.TrimRight(line, "\r") == "" {
			p.headers, content = text[:next], text[next:]
			break
		}
		if name, value, ok := strings.Cut(line, ":"); ok && sip.HeaderTypeOf(strings.TrimSpace(name)) == sip.HdrContentType {
			p.kind, p.rest = mediaType(value), text[next:]
		}
		at = next
	}
	p.content = strings.TrimSuffix(strings.TrimSuffix(content, "\n"), "\r")
}

// find gives the first part of a media type.
func (b parts) find(kind string) (found part, ok bool) {
	for p := range b.all {
		if sip.EqualFold(p.kind, kind) {
			return p, true
		}
	}
	return part{}, false
}

// closing is the place of the closing boundary line; ok is false if there is none.
func (b parts) closing() (at int, ok bool) {
	if b.boundary == "" {
		return 0, false
	}
	from := 0
	for {
		start, end, closing, found := b.line(from)
		if !found {
			return 0, false
		}
		if closing {
			return start, true
		}
		from = end
	}
}

// newPart writes a part with the boundary line before it.
func newPart(boundary, text, kind, disposition string) string {
	out := "--" + boundary + "\r\nContent-Type: " + kind + "\r\n"
	if disposition != "" {
		out += "Content-Disposition: " + disposition + "\r\n"
	}
	return out + "\r\n" + text + "\r\n"
}

func closeLine(boundary string) string { return "--" + boundary + "--\r\n" }
