package textops

import (
	"encoding/hex"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var bodyFuncs = funcs{
	{Name: "has_body", Returns: kemi.Code, Doc: "there is a body: 1 or -1",
		Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return code(c.Msg.Body() != "") }},
	{Name: "has_body_type", Args: "type str", Returns: kemi.Code, Call: (*state).hasBodyType, Doc: "there is a body of a content type, whose parameters do not count: 1 or -1"},
	{Name: "set_body", Args: "body str, type str", Returns: kemi.Code, Call: (*state).setBody, Doc: "gives the message another body and Content-Type: 1, or -1 if one is empty"},
	{Name: "set_body_hex", Args: "body str, type str", Returns: kemi.Code, Call: (*state).setBodyHex, Doc: "set_body with the body in hexadecimal digits"},
	{Name: "set_reply_body", Args: "body str, type str", Returns: kemi.Code, Call: (*state).setReplyBody, Doc: "gives the replies that the server makes for the request a body"},
	{Name: "set_reply_body_hex", Args: "body str, type str", Returns: kemi.Code, Call: (*state).setReplyBodyHex, Doc: "set_reply_body with the body in hexadecimal digits"},
	{Name: "is_audio_on_hold", Returns: kemi.Code, Call: (*state).isOnHold, Doc: "the session description holds its audio: 1 by address 0.0.0.0 (RFC 2543), 2 by direction (RFC 3264), else -1"},
}

// contentType is the type of the body in text, without parameters.
func contentType(m *route.Message) string {
	h := m.First(sip.HdrContentType)
	if h == nil {
		return ""
	}
	return mediaType(h.Value)
}

// mediaType cuts the parameters off a content type.
func mediaType(value string) string {
	before, _, _ := strings.Cut(value, ";")
	return strings.TrimSpace(before)
}

func (s *state) hasBodyType(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	have := contentType(c.Msg)
	if c.Msg.Body() == "" || have == "" {
		return no
	}
	want := mediaType(a.Str(0))
	return code(want == "" || sip.EqualFold(want, have))
}

func (s *state) setBody(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return replaceBody(c.Msg, a.Str(0), a.Str(1))
}

func (s *state) setBodyHex(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, err := hex.DecodeString(a.Str(0))
	if err != nil {
		return no
	}
	return replaceBody(c.Msg, string(text), a.Str(1))
}

func replaceBody(m *route.Message, text, kind string) kemi.Value {
	if text == "" || kind == "" {
		return no
	}
	putBody(m, text)
	putType(m, kind)
	return yes
}

// putBody takes the place of the whole body, and of what an earlier call put there.
func putBody(m *route.Message, text string) {
	m.Edits.RemoveIf(func(e *route.Edit) bool { return e.At >= m.BodyStart })
	m.Edits.Replace(m.BodyStart, len(m.Raw)-m.BodyStart, text)
}

// putType adds a Content-Type, and takes out the one that is there.
func putType(m *route.Message, kind string) {
	m.Edits.RemoveIf(func(e *route.Edit) bool { return e.Header == uint8(sip.HdrContentType) })
	if h := m.First(sip.HdrContentType); h != nil {
		m.RemoveHeader(h)
	}
	m.Edits.Add(route.Edit{At: m.HeadersEnd, Text: "Content-Type: " + kind + "\r\n", Header: uint8(sip.HdrContentType)})
}

func (s *state) setReplyBody(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return replyBody(c.Msg, a.Str(0), a.Str(1))
}

func (s *state) setReplyBodyHex(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, err := hex.DecodeString(a.Str(0))
	if err != nil {
		return no
	}
	return replyBody(c.Msg, string(text), a.Str(1))
}

func replyBody(m *route.Message, text, kind string) kemi.Value {
	if text == "" || kind == "" {
		return no
	}
	const name = "Content-Type: "
	kept := m.Answer.Headers[:0:0]
	for _, h := range m.Answer.Headers {
		if m.Answer.Body == "" || !strings.HasPrefix(h, name) {
			kept = append(kept, h)
		}
	}
	m.Answer.Headers = append(kept, name+kind+"\r\n")
	m.Answer.Body = text
	return yes
}
