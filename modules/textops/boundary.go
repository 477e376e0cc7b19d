package textops

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// multipart is a body of several parts (RFC 2046 5.1).
type multipart struct {
	delimiter  string      // with its dashes
	delimiters []delimiter // at least one
}

// delimiter is a delimiter line in the received text, with its line end.
type delimiter struct {
	start, end int
	closing    bool
}

// bodyPart is one part between two delimiters.
type bodyPart struct {
	open            int // the delimiter before it
	typeAt, typeEnd int // its Content-Type line
	content         int // what follows its headers
	end             int // without the line end that belongs to the delimiter
	close, next     int // the delimiter after it, and its end
}

// boundaryOf is the boundary that a multipart Content-Type names, or "".
func boundaryOf(kind string) string {
	if !strings.HasPrefix(mediaType(kind), "multipart/") {
		return ""
	}
	_, params, _ := strings.Cut(kind, ";")
	for p := sip.ParseParams(params); p.Next(); {
		if sip.EqualFold(p.Name, "boundary") {
			return p.Value
		}
	}
	return ""
}

// multipartOf finds the delimiters of a multipart body; false if there is none.
func multipartOf(m *route.Message) (b multipart, ok bool) {
	boundary := boundaryOf(contentType(m))
	if boundary == "" {
		return b, false
	}
	b.delimiter = "--" + boundary
	for at := m.BodyStart; at < len(m.Raw); {
		end := lineEnd(m.Raw, at)
		tail, found := strings.CutPrefix(m.Raw[at:end], b.delimiter)
		tail = strings.TrimRight(tail, " \t\r\n")
		if found && (tail == "" || tail == "--") {
			b.delimiters = append(b.delimiters, delimiter{at, end, tail != ""})
			if tail != "" {
				break
			}
		}
		at = end
	}
	return b, len(b.delimiters) > 0
}

// lineEnd is the end of the line at a place, with its line end.
func lineEnd(text string, at int) int {
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n + 1
	}
	return len(text)
}

// find gives the first part of a type. One that no delimiter follows is not complete, and does not count.
func (b *multipart) find(m *route.Message, kind string) (p bodyPart, ok bool) {
	kind = mediaType(kind)
	for i := range len(b.delimiters) - 1 {
		from, to := b.delimiters[i], b.delimiters[i+1]
		p = bodyPart{open: from.start, close: to.start, next: to.end}
		if p.read(m.Raw, from.end) == kind {
			return p, true
		}
	}
	return bodyPart{}, false
}

// read finds the headers and the content of the part that begins at a place, and gives its type.
func (p *bodyPart) read(raw string, at int) (kind string) {
	kind = defaultText
	p.typeAt, p.typeEnd = at, at
	for at < p.close {
		end := lineEnd(raw, at)
		name, value, _ := strings.Cut(raw[at:end], ":")
		if strings.TrimSpace(raw[at:end]) == "" {
			at = end
			break
		}
		if sip.EqualFold(strings.TrimSpace(name), "Content-Type") {
			p.typeAt, p.typeEnd, kind = at, end, mediaType(value)
		}
		at = end
	}
	p.content = min(at, p.close)
	text := strings.TrimSuffix(strings.TrimSuffix(raw[p.content:p.close], "\n"), "\r")
	p.end = p.content + len(text)
	return kind
}

// trim takes out what stands before the first delimiter and behind the closing one, which is not for the peer.
func (b *multipart) trim(m *route.Message) {
	if n := b.delimiters[0].start - m.BodyStart; n > 0 {
		m.Edits.Delete(m.BodyStart, n)
	}
	if last := b.last(); last.closing && last.end < len(m.Raw) {
		m.Edits.Delete(last.end, len(m.Raw)-last.end)
	}
}

func (b *multipart) last() delimiter { return b.delimiters[len(b.delimiters)-1] }
