package pv

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var bodyVars = kemi.Vars[state]{
	{Name: "rb", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Str(m.Body()) }), Doc: "body"},
	{Name: "bs", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Int(len(m.Body())) }), Doc: "length of the body"},
	{Name: "mb", Get: message(getBuffer), Doc: "the whole message as received"},
	{Name: "mbu", Get: message(func(c *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Str(updated(m)) }), Doc: "the whole message with the changes so far"},
	{Name: "ml", Get: message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Int(len(m.Raw)) }), Doc: "length of the message"},
	{Name: "msg", Named: true, Parse: parseMsg, Get: getMsg, Doc: "a part of the message: len, buf, body, body_len, hdrs, hdrs_len, hdrc, fline, fpart, lpart"},
	{Name: "msgbuf", Named: true, Dynamic: true, Parse: parseByte, Get: getByte, Set: setByte, Doc: "one byte of the message by its place; a write changes what leaves"},
}

func getBuffer(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Str(m.Raw) }

// updated is the message with its edits applied.
func updated(m *route.Message) string {
	if m.Edits.Empty() {
		return m.Raw
	}
	out, pos := make([]byte, 0, len(m.Raw)+256), 0
	here := &route.Outgoing{Flow: m.Flow}
	for _, e := range m.Edits.List() {
		if e.At > pos {
			out = append(out, m.Raw[pos:e.At]...)
			pos = e.At
		}
		if e.Render != nil {
			out = append(out, e.Render(here)...)
		} else {
			out = append(out, e.Text...)
		}
		pos = max(pos, min(e.At+e.Del, len(m.Raw)))
	}
	return string(append(out, m.Raw[pos:]...))
}

// msgParts are the names inside $msg(…).
var msgParts = map[string]getter{
	"len":      message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Int(len(m.Raw)) }),
	"buf":      message(getBuffer),
	"body":     message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Str(m.Body()) }),
	"body_len": message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Int(len(m.Body())) }),
	"hdrs":     message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Str(headersOf(m)) }),
	"hdrs_len": message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Int(len(headersOf(m))) }),
	"hdrc":     message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Int(len(m.Headers)) }),
	"fline":    message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Str(firstLine(m)) }),
	"fpart":    message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Str(cutLineEnd(m.Raw[:m.HeadersEnd])) }),
	"lpart":    message(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Str(m.Raw[m.HeadersStart:]) }),
}

func headersOf(m *route.Message) string { return cutLineEnd(m.Raw[m.HeadersStart:m.HeadersEnd]) }

func firstLine(m *route.Message) string { return cutLineEnd(m.Raw[:m.HeadersStart]) }

func cutLineEnd(s string) string { return strings.TrimRight(s, "\r\n") }

func parseMsg(_ *state, _ *kemi.Registry, inner string) (any, error) {
	get, ok := msgParts[inner]
	if !ok {
		return nil, errName
	}
	return get, nil
}

func getMsg(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return a.Data.(getter)(s, c, a) }

// parseByte reads the place of a byte in $msgbuf(…).
func parseByte(_ *state, _ *kemi.Registry, inner string) (any, error) {
	n, err := strconv.Atoi(inner)
	if err != nil || n < 0 {
		return nil, errName
	}
	return n, nil
}

func getByte(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	n := a.Data.(int)
	if c.Msg == nil || n >= len(c.Msg.Raw) {
		return kemi.Null
	}
	return kemi.Str(c.Msg.Raw[n : n+1])
}

func setByte(_ *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	n := a.Data.(int)
	if c.Msg == nil || n >= len(c.Msg.Raw) || v.Kind() != kemi.KindStr || v.Text() == "" {
		return false
	}
	replace(&c.Msg.Edits, change{n, 1, strings.Clone(v.Text()[:1])})
	return true
}
