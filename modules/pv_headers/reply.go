package pv_headers

import (
	"strconv"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var replyVars = kemi.Vars[state]{
	{Name: "x_rs", Get: getStatus, Set: setStatus, Doc: "status code of the reply; a write changes it at once, from 1xx and 2xx only to the same class, from others to 3xx to 6xx"},
	{Name: "x_rr", Get: getReason, Set: setReason, Doc: "reason of the reply; a write shows when the headers are applied"},
}

func isReply(c *kemi.Ctx) bool { return c.Msg != nil && c.IsReply() }

func getStatus(_ *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
	if !isReply(c) {
		return kemi.Null
	}
	return kemi.Int(c.Msg.Status)
}

func setStatus(_ *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
	if !isReply(c) || v.IsNull() {
		return false
	}
	value, ok := expand(c, v)
	code, err := strconv.Atoi(value)
	if !ok || err != nil || code < 100 || code > 699 {
		return false
	}
	m := c.Msg
	if (code < 300 || m.Status < 300) && code/100 != m.Status/100 {
		return false
	}
	at := m.Offset(m.Version) + len(m.Version) + len(" ")
	m.Edits.RemoveIf(func(e *route.Edit) bool { return e.At == at && e.Del == len("200") })
	m.Edits.Replace(at, len("200"), strconv.Itoa(code))
	m.Status = code
	return true
}

func getReason(s *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
	if !isReply(c) {
		return kemi.Null
	}
	if e := header(s.read(c), replyReason, 0); !isGone(e) {
		return kemi.Str(text(e))
	}
	return kemi.Str(c.Msg.Reason)
}

func setReason(s *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
	if !isReply(c) || v.IsNull() {
		return false
	}
	reason, ok := expand(c, v)
	if !ok {
		return false
	}
	list := s.write(c)
	set(list, replyReason, 0, route.TextValue(reason))
	s.changed(c, list)
	return true
}
