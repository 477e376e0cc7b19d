package textops

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var bodyFuncs = funcs{
	{Name: "has_body", Returns: kemi.Code, Call: (*state).hasBody, Doc: "Content-Length is there and not 0: 1 or -1"},
	{Name: "has_body_type", Args: "type str", Returns: kemi.Code, Call: (*state).hasBodyType, Doc: "has_body, and Content-Type is the given one, application/sdp if there is none: 1 or -1; an empty type fits all"},
	{Name: "set_body", Args: "text str, type str", Returns: kemi.Code, Call: (*state).setBody, Doc: "replaces the body and Content-Type; -1 if one of them is empty"},
	{Name: "set_body_hex", Args: "hex str, type str", Returns: kemi.Code, Call: (*state).setBodyHex, Doc: "set_body with the bytes as hexadecimal digits; blanks between them do not count"},
	{Name: "set_reply_body", Args: "text str, type str", Returns: kemi.Code, Call: (*state).setReplyBody, Doc: "sets the body of replies that the server makes for this request; -1 if text or type is empty, or if there is such a body already"},
	{Name: "set_reply_body_hex", Args: "hex str, type str", Returns: kemi.Code, Call: (*state).setReplyBodyHex, Doc: "set_reply_body with the bytes as hexadecimal digits"},
	{Name: "is_audio_on_hold", Returns: kemi.Code, Call: (*state).isOnHold, Doc: "the first audio stream on hold in the SDP: 2 by sendonly or inactive (RFC 3264), 1 by the address 0.0.0.0 (RFC 2543); -1 if none is"},
}

// defaultType is the type of a body without Content-Type (RFC 3261 7.4.1 has none; it is what the incumbent takes).
const defaultType = "application/sdp"

const defaultText = "text/plain"

// mediaType is a Content-Type value without its parameters and blanks, in small letters.
func mediaType(value string) string {
	value, _, _ = strings.Cut(value, ";")
	return strings.ToLower(strings.Join(strings.Fields(value), ""))
}

// contentType is the Content-Type of the message as it was received.
func contentType(m *route.Message) string {
	if h := m.First(sip.HdrContentType); h != nil {
		return h.Value
	}
	return defaultType
}

func hasBody(m *route.Message) bool {
	n, has, err := m.ContentLength()
	return has && err == nil && n > 0
}

func (s *state) hasBody(c *kemi.Ctx, _ *kemi.Args) kemi.Value { return code(hasBody(c.Msg)) }

func (s *state) hasBodyType(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	want := mediaType(a.Str(0))
	return code(hasBody(c.Msg) && (want == "" || want == mediaType(contentType(c.Msg))))
}

func (s *state) setBody(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return code(setBody(c.Msg, a.Str(0), a.Str(1)))
}

func (s *state) setBodyHex(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return code(setBody(c.Msg, bytesOf(c, a.Str(0)), a.Str(1)))
}

// setBody replaces the body. A message without the blank line that ends the headers is left alone, and one whose
// Content-Length says that a part of the body is missing.
func setBody(m *route.Message, text, kind string) bool {
	if text == "" || kind == "" || m.BodyStart == m.HeadersEnd {
		return false
	}
	if n, _, err := m.ContentLength(); err == nil && n > len(m.Raw)-m.BodyStart {
		return false
	}
	replaceBody(m, text)
	if h := m.First(sip.HdrContentType); h == nil || hasNewType(m) || strings.TrimSpace(h.Value) != kind {
		replaceType(m, "Content-Type: "+kind+"\r\n")
	}
	return true
}

// replaceBody puts a text in the place of the body and of what was changed in it.
func replaceBody(m *route.Message, text string) {
	m.Edits.RemoveIf(func(e *route.Edit) bool { return e.At >= m.BodyStart })
	m.Edits.Replace(m.BodyStart, len(m.Raw)-m.BodyStart, text)
}

// isReplaced tells whether replaceBody was called.
func isReplaced(m *route.Message) bool {
	size := len(m.Raw) - m.BodyStart
	return size > 0 && slices.ContainsFunc(m.Edits.List(), func(e route.Edit) bool {
		return e.At == m.BodyStart && e.Del == size
	})
}

// typeMark marks the edit that adds Content-Type, so that a later one takes its place.
const typeMark = uint8(sip.HdrContentType)

// replaceType puts header lines in the place of Content-Type.
func replaceType(m *route.Message, lines string) {
	if m.Edits.RemoveIf(func(e *route.Edit) bool { return e.Header == typeMark }) == 0 {
		for h := m.First(sip.HdrContentType); h != nil; h = m.Next(h) {
			m.RemoveHeader(h)
		}
	}
	m.Edits.Add(route.Edit{At: m.HeadersEnd, Text: lines, Header: typeMark})
}

// hasNewType tells whether replaceType was called.
func hasNewType(m *route.Message) bool {
	return slices.ContainsFunc(m.Edits.List(), func(e route.Edit) bool { return e.Header == typeMark })
}

func (s *state) setReplyBody(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return code(setReplyBody(c.Msg, a.Str(0), a.Str(1)))
}

func (s *state) setReplyBodyHex(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return code(setReplyBody(c.Msg, bytesOf(c, a.Str(0)), a.Str(1)))
}

func setReplyBody(m *route.Message, text, kind string) bool {
	if text == "" || kind == "" || m.Answer.Body != "" {
		return false
	}
	m.Answer.Headers = append(m.Answer.Headers, "Content-Type: "+kind+"\r\n")
	m.Answer.Body = text
	return true
}

// bytesOf decodes hexadecimal digits; empty, with a record, if they are wrong.
func bytesOf(c *kemi.Ctx, digits string) string {
	data, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		c.Misuse("textops", "bad hexadecimal digits: "+err.Error())
		return ""
	}
	return string(data)
}

func (s *state) isOnHold(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	sdp, ok := sdpOf(c.Msg)
	if !ok {
		return no
	}
	if kind := audioHold(sdp); kind > 0 {
		return kemi.Int(kind)
	}
	return no
}

// sdpOf is the session description of the message, which may be one part of several.
func sdpOf(m *route.Message) (sdp string, ok bool) {
	if b, is := multipartOf(m); is {
		p, found := b.find(m, defaultType)
		return m.Raw[p.content:p.end], found
	}
	return m.Raw[m.BodyStart:], mediaType(contentType(m)) == defaultType
}
