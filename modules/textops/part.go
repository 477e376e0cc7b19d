package textops

import (
	"encoding/hex"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var partFuncs = funcs{
	{Name: "get_body_part", Args: "type str, var str", Returns: kemi.Code, Call: (*state).getPart, Doc: "sets the variable to the first part of a type, from behind its Content-Type line on; a body that has no parts is given whole"},
	{Name: "get_body_part_raw", Args: "type str, var str", Returns: kemi.Code, Call: (*state).getPartRaw, Doc: "get_body_part with the part's headers and the boundary line behind it"},
	{Name: "filter_body", Args: "type str", Returns: kemi.Code, Call: (*state).filterBody, Doc: "keeps of a multipart body only the content of the first part of a type: 1, or -1 if there is none"},
	{Name: "remove_body_part", Args: "type str", Returns: kemi.Code, Call: (*state).removePart, Doc: "removes the first part of a type: 1, or -1 if there is none"},
	{Name: "append_body_part", Args: "body str, type str", Returns: kemi.Code, Doc: "adds a part to a multipart body: 1, or -1 if the body is none",
		Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return appendPart(c.Msg, a.Str(0), a.Str(1), "")
		}},
	{Name: "append_body_part_cd", Args: "body str, type str, disposition str", Returns: kemi.Code, Doc: "append_body_part with a Content-Disposition",
		Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return appendPart(c.Msg, a.Str(0), a.Str(1), a.Str(2))
		}},
	{Name: "append_body_part_hex", Args: "body str, type str", Returns: kemi.Code, Doc: "append_body_part with the body in hexadecimal digits",
		Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return appendPartHex(c.Msg, a.Str(0), a.Str(1), "")
		}},
	{Name: "append_body_part_hex_cd", Args: "body str, type str, disposition str", Returns: kemi.Code, Doc: "append_body_part_hex with a Content-Disposition",
		Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return appendPartHex(c.Msg, a.Str(0), a.Str(1), a.Str(2))
		}},
	{Name: "set_body_multipart", Args: "body str, type str, boundary str", Returns: kemi.Code, Doc: "makes a multipart body of a part; an empty body or type takes the present body for the part",
		Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return setMultipart(c.Msg, a.Str(0), a.Str(1), a.Str(2))
		}},
	{Name: "set_body_multipart_content", Args: "body str, type str", Returns: kemi.Code, Doc: "set_body_multipart with the default boundary",
		Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return setMultipart(c.Msg, a.Str(0), a.Str(1), "")
		}},
	{Name: "set_body_multipart_boundary", Args: "boundary str", Returns: kemi.Code, Doc: "makes a multipart body of the present one",
		Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return setMultipart(c.Msg, "", "", a.Str(0))
		}},
	{Name: "set_body_multipart_mode", Returns: kemi.Code, Doc: "makes a multipart body of the present one, with the default boundary",
		Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return setMultipart(c.Msg, "", "", "") }},
}

// defaultBoundary separates the parts where the script names no boundary.
const defaultBoundary = "unique-boundary-1"

func (s *state) getPart(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return givePart(c, "get_body_part", a, func(p *part) string { return p.rest })
}

func (s *state) getPartRaw(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return givePart(c, "get_body_part_raw", a, func(p *part) string { return p.raw })
}

func givePart(c *kemi.Ctx, function string, a *kemi.Args, what func(*part) string) kemi.Value {
	text := c.Msg.Body()
	if text == "" || a.Str(0) == "" {
		return no
	}
	if list := multipart(c.Msg); list.boundary != "" {
		p, ok := list.find(a.Str(0))
		if !ok {
			return no
		}
		text = what(&p)
	}
	return set(c, function, a.Str(1), text)
}

// filterBody leaves the headers as they are; the script gives the body its new type.
func (s *state) filterBody(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	p, ok := multipart(c.Msg).find(a.Str(0))
	if !ok {
		return no
	}
	putBody(c.Msg, p.content)
	return yes
}

func (s *state) removePart(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	p, ok := multipart(c.Msg).find(a.Str(0))
	if !ok {
		return no
	}
	c.Msg.Edits.Delete(c.Msg.BodyStart+p.start, p.end-p.start)
	return yes
}

// pendingKey is the key of the multipart body that set_body_multipart made and that has not left yet.
type pendingKey struct{}

// pending is such a body without its closing line.
type pending struct{ boundary, text string }

// appendPart adds a part before the closing boundary, or to the body that set_body_multipart made of a multipart one.
func appendPart(m *route.Message, text, kind, disposition string) kemi.Value {
	if text == "" || kind == "" {
		return no
	}
	list := multipart(m)
	at, ok := list.closing()
	if !ok {
		return no
	}
	if p, ok := m.Extra[pendingKey{}].(*pending); ok {
		p.text += newPart(p.boundary, text, kind, disposition)
		putBody(m, p.text+closeLine(p.boundary))
		return yes
	}
	m.Edits.Insert(m.BodyStart+at, newPart(list.boundary[2:], text, kind, disposition))
	return yes
}

func appendPartHex(m *route.Message, digits, kind, disposition string) kemi.Value {
	text, err := hex.DecodeString(digits)
	if err != nil {
		return no
	}
	return appendPart(m, string(text), kind, disposition)
}

// setMultipart makes the body a multipart one. One that is stays as it is, if no new part is given.
func setMultipart(m *route.Message, text, kind, boundary string) kemi.Value {
	list := multipart(m)
	if text == "" || kind == "" {
		text, kind = m.Body(), contentType(m)
		if text == "" || list.boundary != "" {
			return yes
		}
		if kind == "" {
			return no
		}
	}
	if boundary == "" {
		boundary = defaultBoundary
	}
	p := &pending{boundary, newPart(boundary, text, kind, "")}
	if m.Extra == nil {
		m.Extra = map[any]any{}
	}
	m.Extra[pendingKey{}] = p
	putBody(m, p.text+closeLine(boundary))
	if list.boundary != "--"+boundary {
		putType(m, `multipart/mixed;boundary="`+boundary+`"`)
	}
	if m.Find("MIME-Version") == nil {
		m.Edits.RemoveIf(func(e *route.Edit) bool { return strings.HasPrefix(e.Text, mimeVersion) })
		m.Edits.Insert(m.HeadersEnd, mimeVersion)
	}
	return yes
}

const mimeVersion = "Mime-Version: 1.0\r\n"
