package pv

import (
	"errors"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var selectVars = kemi.Vars[state]{
	{Name: "sel", Named: true, Parse: parseSelect, Get: getSelect, Doc: "a part of the message by its path, from.uri.host or via[1].branch; always a text"},
}

// selector is a path that has been looked up. It gives an empty text for no value, and emptyText for an empty one.
type selector func(c *kemi.Ctx, m *route.Message) string

const emptyText = "\x00"

// step is one name of a path with its index: via[2], proxy_authorization["realm"].
type step struct {
	name, key string
	index     int // 1 if there is none
	given     bool
}

var errSelect = errors.New("no such select")

// selects are the names that a path begins with. Each looks the rest of the path up.
var selects = map[string]func(first step, rest []step) selector{
	"from":                selectAddr(from),
	"f":                   selectAddr(from),
	"to":                  selectAddr(to),
	"t":                   selectAddr(to),
	"contact":             selectList(sip.HdrContact, lastContact, contactParts),
	"m":                   selectList(sip.HdrContact, lastContact, contactParts),
	"refer_to":            selectAddr(firstAddr(sip.HdrReferTo)),
	"rpid":                selectAddr(firstAddr(sip.HdrRPID)),
	"rr":                  selectList(sip.HdrRecordRoute, firstAddr(sip.HdrRecordRoute), nil),
	"record_route":        selectList(sip.HdrRecordRoute, firstAddr(sip.HdrRecordRoute), nil),
	"via":                 selectVia,
	"v":                   selectVia,
	"ruri":                selectURI(currentURI),
	"request_uri":         selectURI(currentURI),
	"dst_uri":             selectURI(ofRequest(dstURI)),
	"next_hop":            selectURI(ofRequest(nextHopURI)),
	"cseq":                selectCSeq,
	"msg":                 selectMessage,
	"message":             selectMessage,
	"src":                 selectOf(sourceSelects),
	"dst":                 selectOf(destinationSelects),
	"received":            selectOf(receivedSelects),
	"sys":                 selectSystem,
	"authorization":       selectDigest(sip.HdrAuthorization),
	"proxy_authorization": selectDigest(sip.HdrProxyAuthorization),
	"method":              selectVar(requestMethod),
	"status":              selectVar(replyStatus),
	"reason":              selectVar(replyReason),
	"version":             selectVar(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Str(m.Version) }),
	"call_id":             selectHeader(sip.HdrCallID),
	"event":               selectVar(getEvent),
	"user_agent":          selectHeader(sip.HdrUserAgent),
	"subject":             selectHeader(sip.HdrSubject),
	"content_length":      selectHeader(sip.HdrContentLength),
	"content_type":        selectHeader(sip.HdrContentType),
	"max_forwards":        selectHeader(sip.HdrMaxForwards),
	"expires":             selectHeader(sip.HdrExpires),
	"organization":        selectHeader(sip.HdrOrganization),
	"priority":            selectHeader(sip.HdrPriority),
	"cfg_get":             selectConfig,
	"hf_value":            selectValues,
	"hf_value_exists":     selectExists,
	"hf_value2":           selectFirstValue,
}

func parseSelect(_ *state, r *kemi.Registry, inner string) (any, error) {
	steps, err := splitSelect(strings.TrimPrefix(inner, "@"))
	if err != nil {
		return nil, err
	}
	find := selects[steps[0].name]
	if find == nil || strings.HasPrefix(steps[0].name, "hf_value") && r.Module("textopsx") == nil {
		return nil, errSelect // scripts know those of textopsx from there
	}
	s := find(steps[0], steps[1:])
	if s == nil {
		return nil, errSelect
	}
	return s, nil
}

func getSelect(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if c.Msg == nil {
		return kemi.Null
	}
	found := a.Data.(selector)(c, c.Msg)
	if found == emptyText {
		return kemi.Str("")
	}
	return text(found)
}

// splitSelect cuts a path at its dots; an index may be a number or a quoted text with dots in it.
func splitSelect(path string) (steps []step, err error) {
	for path != "" {
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			return append(steps, step{name: path, index: 1}), nil
		}
		x := step{name: path[:end], index: 1}
		if path[end] == '[' {
			var n int
			if n, err = x.readIndex(path[end:]); err != nil {
				return nil, err
			}
			end += n
		}
		steps = append(steps, x)
		if end == len(path) {
			return steps, nil
		}
		if path[end] != '.' {
			return nil, errSelect
		}
		path = path[end+1:]
	}
	return nil, errSelect
}

// readIndex reads [number] or ["text"] and gives its length.
func (x *step) readIndex(s string) (n int, err error) {
	x.given = true
	if strings.HasPrefix(s, `["`) {
		end := strings.Index(s, `"]`)
		if end < 2 {
			return 0, errSelect
		}
		x.key = s[2:end]
		return end + 2, nil
	}
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return 0, errSelect
	}
	if x.index, err = strconv.Atoi(s[1:end]); err != nil {
		return 0, errSelect
	}
	return end + 1, nil
}

// selectOf looks one more name up.
func selectOf(names map[string]selector) func(step, []step) selector {
	return func(_ step, rest []step) selector {
		if len(rest) != 1 {
			return nil
		}
		return names[rest[0].name]
	}
}

// selectVar is a path that ends here.
func selectVar(get func(*kemi.Ctx, *route.Message) kemi.Value) func(step, []step) selector {
	return func(_ step, rest []step) selector {
		if len(rest) != 0 {
			return nil
		}
		return func(c *kemi.Ctx, m *route.Message) string { return get(c, m).Text() }
	}
}

func selectHeader(t sip.HeaderType) func(step, []step) selector {
	return selectVar(func(_ *kemi.Ctx, m *route.Message) kemi.Value { return trimmed(m.First(t)) })
}

func requestMethod(_ *kemi.Ctx, m *route.Message) kemi.Value {
	if !m.IsRequest {
		return kemi.Null
	}
	return kemi.Str(m.MethodName)
}

func replyStatus(_ *kemi.Ctx, m *route.Message) kemi.Value {
	if m.IsRequest {
		return kemi.Null
	}
	return kemi.Int(m.Status)
}

func replyReason(_ *kemi.Ctx, m *route.Message) kemi.Value { return kemi.Str(m.Reason) }

// getEvent is the event package without its parameters.
func getEvent(_ *kemi.Ctx, m *route.Message) kemi.Value {
	name, _, _ := strings.Cut(trimmed(m.First(sip.HdrEvent)).Text(), ";")
	return text(strings.TrimRight(name, blanks))
}
