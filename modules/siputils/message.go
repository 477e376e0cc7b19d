package siputils

import (
	"net/http"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) isMine(u *sip.URI) bool {
	port := u.PortNum
	if port == 0 {
		port = 5060
	}
	p, _ := flow.ParseProto(u.Transport())
	return s.srv.Core.IsMyself(u.Host, port, p)
}

// checkDate compares the Date header (RFC 3261 20.17) with the clock.
func (s *state) checkDate(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	h := c.Msg.First(sip.HdrDate)
	if h == nil {
		return no
	}
	date, err := http.ParseTime(strings.TrimSpace(h.Value))
	if err != nil {
		return failed
	}
	if s.srv.Clock.Now().Sub(date) > time.Duration(a.Int(0))*time.Second {
		return old
	}
	return yes
}

// optionsReply answers an OPTIONS that is for the server: one whose request URI has no user.
func (s *state) optionsReply(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	m := c.Msg
	if !m.IsRequest || !m.Method.Has(sip.MethodOptions) {
		return no
	}
	u, err := sip.ParseURI(m.CurrentURI())
	if err != nil || u.User != "" {
		return no
	}
	m.Answer.Headers = append(m.Answer.Headers, "Accept: "+s.accept+"\r\n"+
		"Accept-Encoding: "+s.acceptEncoding+"\r\n"+
		"Accept-Language: "+s.acceptLanguage+"\r\n"+
		"Supported: "+s.supported+"\r\n")
	if t := tm.Of(m); t != nil {
		return code(t.Reply(m, 200, "OK") > 0)
	}
	if err := s.srv.Core.ReplyStateless(m, 200, "OK"); err != nil {
		c.Log(log.Err, "siputils", "options_reply: "+err.Error())
		return no
	}
	return yes
}
