package sdp

import (
	"strings"

	"github.com/moonroute/moonroute/core/sip"
)

// FromMessage reads the description that is a message's body, or those among the parts of a multipart/mixed body (RFC
// 5621). A multipart body without any gives a Description without streams.
func FromMessage(m *sip.Message) (*Description, error) {
	body := m.Body()
	if body == "" {
		return nil, ErrNoBody
	}
	kind, params := contentType(m)
	switch {
	case sip.EqualFold(kind, "application/sdp"):
		return Parse(body)
	case sip.EqualFold(kind, "multipart/mixed"):
		return fromParts(body, boundary(params))
	}
	return nil, ErrType
}

// Present tells whether a message has a body that is, or holds, a description, be that right or wrong. A body of no
// type at all counts.
func Present(m *sip.Message) bool {
	body := m.Body()
	if body == "" {
		return false
	}
	if m.First(sip.HdrContentType) == nil {
		return true
	}
	kind, params := contentType(m)
	if sip.EqualFold(kind, "multipart/mixed") {
		for part := range parts(body, boundary(params)) {
			if _, ok := description(part); ok {
				return true
			}
		}
		return false
	}
	return sip.EqualFold(kind, "application/sdp")
}

func contentType(m *sip.Message) (kind, params string) {
	h := m.First(sip.HdrContentType)
	if h == nil {
		return "", ""
	}
	kind, params, _ = strings.Cut(h.Value, ";")
	return strings.TrimSpace(kind), params
}

func boundary(params string) string {
	for p := sip.ParseParams(params); p.Next(); {
		if sip.EqualFold(p.Name, "boundary") {
			return p.Value
		}
	}
	return ""
}

func fromParts(body, boundary string) (*Description, error) {
	if boundary == "" {
		return nil, ErrType
	}
	d := new(Description)
	for part := range parts(body, boundary) {
		text, ok := description(part)
		if !ok {
			continue
		}
		if err := d.add(text); err != nil {
			return nil, err
		}
	}
	return d, nil
}
