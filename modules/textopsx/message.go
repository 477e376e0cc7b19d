package textopsx

import (
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var messageFuncs = funcs{
	{Name: "msg_apply_changes", Returns: kemi.Code, Call: (*state).apply, Doc: "makes all changes part of the message, so that the script sees them; in request and reply routes"},
	{Name: "msg_set_buffer", Args: "text str", Returns: kemi.Code, Call: (*state).setBuffer, Doc: "puts another message in the place of the one in hand: 1, 0 if that is no whole message"},
	{Name: "remove_body", Returns: kemi.Code, Call: (*state).removeBody, Doc: "takes the body out; its headers stay"},
	{Name: "keep_hf", Returns: kemi.Code, Call: (*state).keepHeaders, Doc: "takes all headers out but Via, From, To, Call-ID, CSeq, Max-Forwards, Contact, Route, Record-Route and those of the body; gives -1, as in the incumbent"},
	{Name: "keep_hf_re", Args: "regex str", Returns: kemi.Code, Call: (*state).keepHeaders, Doc: "keep_hf that also leaves the headers whose name matches, without regard to case"},
	{Name: "change_reply_status", Args: "code int, reason str", Returns: kemi.Code, Call: (*state).changeStatus, Doc: "gives a reply another status; from 1xx and 2xx only to the same class, from others to 3xx to 6xx"},
	{Name: "change_reply_status_code", Args: "code int", Returns: kemi.Code, Call: (*state).changeCode, Doc: "change_reply_status that leaves the reason"},
}

// rewritable are the routes in which the message in hand may become another one.
const rewritable = route.RequestRoute | route.ReplyRoutes

func (s *state) apply(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Kind()&rewritable == 0 {
		c.Misuse("textopsx.msg_apply_changes", "only in request and reply routes")
		return no
	}
	if err := c.Msg.ApplyChanges(); err != nil {
		c.Log(log.Err, "textopsx", "msg_apply_changes: "+err.Error())
		return no
	}
	return yes
}

// setBuffer leaves the message as it was if the text cannot be read.
func (s *state) setBuffer(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.Str(0) == "" || c.Kind()&rewritable == 0 {
		return no
	}
	if err := c.Msg.ReplaceText(strings.Clone(a.Str(0))); err != nil {
		return zero
	}
	if _, err := c.Msg.TopVia(); err != nil {
		return zero
	}
	return yes
}

func (s *state) removeBody(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if body := c.Msg.Body(); body != "" {
		c.Msg.Edits.Delete(c.Msg.BodyStart, len(body))
	}
	return yes
}

// kept are the headers that a message cannot do without.
var kept = map[sip.HeaderType]bool{
	sip.HdrVia: true, sip.HdrFrom: true, sip.HdrTo: true, sip.HdrCallID: true, sip.HdrCSeq: true, sip.HdrMaxForwards: true,
	sip.HdrContact: true, sip.HdrRoute: true, sip.HdrRecordRoute: true, sip.HdrContentType: true, sip.HdrContentLength: true,
}

func (s *state) keepHeaders(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	leave := func(string) bool { return false }
	if a.Len() > 0 && a.Str(0) != "" {
		re, err := s.patterns.Get(a.Str(0), regex.FoldCase)
		if err != nil {
			c.Misuse("textopsx.keep_hf_re", "bad regular expression: "+a.Str(0))
			return no
		}
		leave = re.MatchString
	}
	for i := range c.Msg.Headers {
		if h := &c.Msg.Headers[i]; !kept[h.Type] && !leave(h.Name) {
			c.Msg.RemoveHeader(h)
		}
	}
	return no
}

func (s *state) changeStatus(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.Str(1) == "" || !setCode(c, a.Int(0)) {
		return no
	}
	from, to := reasonPlace(c.Msg)
	if from < 0 {
		c.Msg.Edits.Insert(to, " "+a.Str(1))
		return yes
	}
	c.Msg.Edits.Replace(from, to-from, a.Str(1))
	return yes
}

func (s *state) changeCode(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return verdict(setCode(c, a.Int(0)))
}

// setCode changes the code on the wire and, unlike other edits, at once for the script and for what handles the reply.
func setCode(c *kemi.Ctx, code int) bool {
	m := c.Msg
	if m.IsRequest || code < 100 || code > 699 {
		return false
	}
	if (m.Status < 300 || code < 300) && m.Status/100 != code/100 {
		return false
	}
	at := codePlace(m)
	m.Edits.RemoveIf(func(e *route.Edit) bool { return e.At == at && e.Del == len("200") })
	m.Edits.Replace(at, len("200"), string([]byte{byte('0' + code/100), byte('0' + code/10%10), byte('0' + code%10)}))
	m.Status = code
	return true
}

// codePlace is the place of the status code, one blank after the version.
func codePlace(m *route.Message) int { return m.Offset(m.Version) + len(m.Version) + 1 }

// reasonPlace is where the reason of a reply begins and ends; from is -1 if not even the blank before it is there.
func reasonPlace(m *route.Message) (from, to int) {
	from = codePlace(m) + len("200")
	to = from + len(strings.TrimRight(m.Raw[from:m.HeadersStart], "\r\n"))
	if from == to {
		return -1, to
	}
	return from + 1, to
}
