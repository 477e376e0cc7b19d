package textops

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var multipartFuncs = funcs{
	{Name: "set_body_multipart", Args: "text str, type str, boundary str", Returns: kemi.Code, Call: (*state).setMultipart, Doc: "replaces the body by a multipart one with one part; an empty text takes the present body as that part, an empty type is text/plain, an empty boundary unique-boundary-1. -1 if there is no body to take"},
	{Name: "set_body_multipart_mode", Returns: kemi.Code, Call: (*state).setMultipartMode, Doc: "set_body_multipart of the present body"},
	{Name: "set_body_multipart_boundary", Args: "boundary str", Returns: kemi.Code, Call: (*state).setMultipartBoundary, Doc: "set_body_multipart of the present body, with a boundary"},
	{Name: "set_body_multipart_content", Args: "text str, type str", Returns: kemi.Code, Call: (*state).setMultipart, Doc: "set_body_multipart with the usual boundary"},
	{Name: "append_body_part", Args: "text str, type str", Returns: kemi.Code, Call: (*state).appendPart, Doc: "adds a part to a multipart body; -1 if the body is none, or if text or type is empty"},
	{Name: "append_body_part_cd", Args: "text str, type str, disposition str", Returns: kemi.Code, Call: (*state).appendPart, Doc: "append_body_part with a Content-Disposition"},
	{Name: "append_body_part_hex", Args: "hex str, type str", Returns: kemi.Code, Call: (*state).appendPartHex, Doc: "append_body_part with the bytes as hexadecimal digits; blanks between them do not count"},
	{Name: "append_body_part_hex_cd", Args: "hex str, type str, disposition str", Returns: kemi.Code, Call: (*state).appendPartHex, Doc: "append_body_part_hex with a Content-Disposition"},
	{Name: "get_body_part", Args: "type str, variable str", Returns: kemi.Code, Call: (*state).getPart, Doc: "stores the first part of a type in a variable, from the end of its Content-Type line on; the whole body if it is not multipart and its type has no parameters; -1 if there is none"},
	{Name: "get_body_part_raw", Args: "type str, variable str", Returns: kemi.Code, Call: (*state).getPartRaw, Doc: "get_body_part with the Content-Type line and the delimiter after the part"},
	{Name: "remove_body_part", Args: "type str", Returns: kemi.Code, Call: (*state).removePart, Doc: "takes the first part of a type out of a multipart body; -1 if there is none"},
	{Name: "filter_body", Args: "type str", Returns: kemi.Code, Call: (*state).filter, Doc: "leaves only the content of the first part of a type, and Content-Type as it is; -1 if there is none"},
}

const defaultBoundary = "unique-boundary-1"

// maxBoundary is what the incumbent takes; RFC 2046 5.1.1 allows 70 bytes.
const maxBoundary = 84

func (s *state) setMultipart(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	boundary := ""
	if a.Len() > 2 {
		boundary = a.Str(2)
	}
	return code(setMultipart(c.Msg, a.Str(0), a.Str(1), boundary))
}

func (s *state) setMultipartMode(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return code(setMultipart(c.Msg, "", "", ""))
}

func (s *state) setMultipartBoundary(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return code(setMultipart(c.Msg, "", "", a.Str(0)))
}

// setMultipart makes the body multipart. The closing delimiter has no dashes at its end, as with the incumbent, and one
// that is multipart already keeps its Content-Type.
func setMultipart(m *route.Message, text, kind, boundary string) bool {
	if boundary == "" {
		boundary = defaultBoundary
	}
	if len(boundary) > maxBoundary {
		return false
	}
	if m.BodyStart == m.HeadersEnd || text == "" && m.BodyStart == len(m.Raw) {
		return false
	}
	isMultipart := strings.HasPrefix(mediaType(contentType(m)), "multipart/")
	if text != "" {
		if kind == "" {
			kind = defaultText
		}
		replaceBody(m, "--"+boundary+"\r\nContent-Type: "+kind+"\r\n\r\n"+text+"\r\n--"+boundary+"\r\n")
	} else if !isMultipart && !hasNewType(m) {
		wrapBody(m, "--"+boundary+"\r\nContent-Type: "+contentType(m)+"\r\n\r\n", "\r\n--"+boundary+"\r\n")
	}
	if !isMultipart && (text != "" || !hasNewType(m)) {
		replaceType(m, multipartLines(m, boundary))
	}
	return true
}

// wrapBody puts texts around the body and what was changed in it.
func wrapBody(m *route.Message, before, after string) {
	var earlier []route.Edit
	m.Edits.RemoveIf(func(e *route.Edit) bool {
		if e.At != m.BodyStart {
			return false
		}
		earlier = append(earlier, *e)
		return true
	})
	m.Edits.Insert(m.BodyStart, before)
	for _, e := range earlier {
		m.Edits.Add(e)
	}
	m.Edits.Insert(len(m.Raw), after)
}

// multipartLines are the headers of a multipart body.
func multipartLines(m *route.Message, boundary string) string {
	lines := "Content-Type: multipart/mixed;boundary=\"" + boundary + "\"\r\n"
	if m.Find("MIME-Version") == nil {
		lines += "Mime-Version: 1.0\r\n"
	}
	return lines
}

func (s *state) appendPart(c *kemi.Ctx, a *kemi.Args) kemi.Value { return appendPart(c, a, a.Str(0)) }

func (s *state) appendPartHex(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return appendPart(c, a, bytesOf(c, a.Str(0)))
}

func appendPart(c *kemi.Ctx, a *kemi.Args, text string) kemi.Value {
	b, ok := multipartOf(c.Msg)
	if !ok || text == "" || a.Str(1) == "" || hasNewType(c.Msg) {
		return no
	}
	lines := "Content-Type: " + a.Str(1) + "\r\n"
	if a.Len() > 2 && a.Str(2) != "" {
		lines += "Content-Disposition: " + a.Str(2) + "\r\n"
	}
	b.append(c.Msg, lines+"\r\n"+text+"\r\n")
	return yes
}

// append adds a part behind the last delimiter, which no longer closes the body, and closes it again.
func (b *multipart) append(m *route.Message, part string) {
	closing := b.delimiter + "--\r\n"
	if isReplaced(m) {
		closing = b.delimiter + "\r\n" // the present body belongs to another boundary
	}
	if earlier := b.takeAppended(m, closing); earlier != "" {
		part = strings.TrimSuffix(earlier, closing) + b.delimiter + "\r\n" + part
	} else if !isReplaced(m) {
		part = b.reopen(m) + part
	}
	m.Edits.Insert(len(m.Raw), part+closing)
}

// reopen makes the last delimiter one that a part can follow, and gives what has to stand before that part.
func (b *multipart) reopen(m *route.Message) string {
	last := b.last()
	b.trim(m)
	if last.closing {
		m.Edits.Delete(last.start+len(b.delimiter), len("--"))
	} else if strings.TrimSpace(m.Raw[last.end:]) != "" { // a part that nothing ends
		return "\r\n" + b.delimiter + "\r\n"
	}
	if m.Raw[last.end-1] != '\n' {
		return "\r\n"
	}
	return ""
}

// takeAppended takes back what append has added so far.
func (b *multipart) takeAppended(m *route.Message, closing string) (text string) {
	m.Edits.RemoveIf(func(e *route.Edit) bool {
		if e.At != len(m.Raw) || e.Render != nil || !strings.HasSuffix(e.Text, closing) {
			return false
		}
		text += e.Text
		return true
	})
	return text
}

func (s *state) getPart(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.store(c, a, func(p bodyPart) (from, to int) { return p.typeEnd, p.close })
}

func (s *state) getPartRaw(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.store(c, a, func(p bodyPart) (from, to int) { return p.typeAt, p.next })
}

// store puts some of a part into a variable.
func (s *state) store(c *kemi.Ctx, a *kemi.Args, cut func(bodyPart) (from, to int)) kemi.Value {
	v := s.variable(c, a.Str(1))
	text := c.Msg.Raw[c.Msg.BodyStart:]
	if v == nil || text == "" {
		return no
	}
	if b, ok := multipartOf(c.Msg); ok {
		p, found := b.find(c.Msg, a.Str(0))
		if !found {
			return no
		}
		from, to := cut(p)
		text = c.Msg.Raw[from:to]
	} else if strings.Contains(contentType(c.Msg), ";") { // parameters, but no boundary among them
		return no
	}
	return code(v.Set(c, kemi.Str(text)))
}

func (s *state) removePart(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	b, _ := multipartOf(c.Msg)
	p, found := b.find(c.Msg, a.Str(0))
	if !found {
		return no
	}
	b.trim(c.Msg)
	c.Msg.Edits.Delete(p.open, p.close-p.open)
	return yes
}

func (s *state) filter(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	m := c.Msg
	b, _ := multipartOf(m)
	p, found := b.find(m, a.Str(0))
	if !found {
		return no
	}
	m.Edits.Delete(m.BodyStart, p.content-m.BodyStart)
	m.Edits.Delete(p.end, len(m.Raw)-p.end)
	return yes
}
