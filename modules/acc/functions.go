package acc

import (
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// logRequest accounts the request in hand, whatever its flags.
func (s *state) logRequest(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return kemi.Int(-1)
	}
	code, reason, ok := parseComment(a.Str(0))
	if !ok {
		return kemi.Int(-1)
	}
	s.write(c.Msg.Shard, &record{event: accounted, msg: c.Msg, code: code, reason: reason, toTag: s.replyTag(c.Msg)})
	return kemi.Int(1)
}

// replyTag is the To tag of a request, or the one that replies of ours give it.
func (s *state) replyTag(m *route.Message) string {
	if tag := messageTag(m); tag != "" {
		return tag
	}
	if t := tm.Of(m); t != nil {
		return t.Tag()
	}
	return s.srv.Core.StatelessTag(m)
}

// parseComment splits "404 Not found". A comment that does not begin with three digits has
// no code, and one that begins with a dollar sign is no comment.
func parseComment(text string) (code, reason string, ok bool) {
	if text == "" || text[0] == '$' {
		return "", "", false
	}
	if len(text) < 3 || strings.Trim(text[:3], "0123456789") != "" {
		return "", text, true
	}
	return text[:3], strings.TrimLeft(text[3:], " "), true
}

func (s *state) dbRequest(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	s.srv.Log.Once("acc_db_request", log.Err, "acc", "acc_db_request: no database is configured for accounting")
	return kemi.Int(-1)
}

func (s *state) request(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.logRequest(c, a) }
