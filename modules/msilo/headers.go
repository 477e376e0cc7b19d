package msilo

import (
	"strings"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// extra are known headers that are stored all the same. All others that core/sip knows are
// about the way of the message or are written anew.
var extra = map[sip.HeaderType]bool{
	sip.HdrPAI: true, sip.HdrPPI: true, sip.HdrPrivacy: true, sip.HdrReplaces: true, sip.HdrWarning: true,
	sip.HdrServiceRoute: true, sip.HdrRAck: true, sip.HdrRSeq: true, sip.HdrSIPETag: true,
}

// kept tells whether a header is stored with the message.
func kept(h *sip.Header) bool {
	if h.Type != sip.HdrOther {
		return extra[h.Type]
	}
	return !sip.EqualFold(h.Name, "Call-Info") // it tells of the sender's device of that moment
}

// storedHeaders are the headers to store: those of the AVP, or the message's own as they came.
func (s *state) storedHeaders(c *kemi.Ctx) string {
	if text, ok := textOf(s.variables.headers, c); ok {
		return text
	}
	m, lines := c.Msg, ""
	var many strings.Builder
	for i := range m.Headers {
		h := &m.Headers[i]
		if !kept(h) {
			continue
		}
		if lines != "" {
			many.WriteString(lines)
		}
		lines = m.Raw[h.Start:h.End]
	}
	if many.Len() == 0 {
		return lines // none or one: no copy
	}
	many.WriteString(lines)
	return many.String()
}

// textOf is the text of an AVP; ok says that it holds one.
func textOf(v *kemi.Variable, c *kemi.Ctx) (text string, ok bool) {
	if v == nil {
		return "", false
	}
	x := v.Get(c)
	return x.Text(), x.Kind() == kemi.KindStr
}

// plainText is the content type of what people write by hand.
const plainText = "text/plain"

// mediaType is the type of a Content-Type without its parameters; empty for what is none.
func mediaType(value string) string {
	value, _, _ = strings.Cut(value, ";")
	kind, sub, _ := strings.Cut(value, "/")
	kind, sub = strings.TrimSpace(kind), strings.TrimSpace(sub)
	switch {
	case !isToken(kind) || !isToken(sub):
		return ""
	case sip.EqualFold(kind, "text") && sip.EqualFold(sub, "plain"):
		return plainText
	}
	return kind + "/" + sub
}

// isToken tells whether a text can be one half of a media type.
func isToken(s string) bool { return s != "" && !strings.ContainsAny(s, " \t\r\n/,;*\"<>()[]{}?=@\\:") }
