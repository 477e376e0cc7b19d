package msrp

import (
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/msrp"
	"github.com/moonroute/moonroute/kemi"
)

var variables = kemi.Vars[state]{{
	Name: "msrp", Named: true, Get: get,
	Parse: func(_ *state, _ *kemi.Registry, inner string) (any, error) { return keys[inner], nil },
	Set:   func(*state, *kemi.Ctx, *kemi.VarArgs, kemi.Value) bool { return true },
	Doc: "a part of the frame in hand: buf, buflen (all of it), hdrs, body, bodylen, method, code, reason, transid, msgid, sessid, conid, srcaddr, srcsock, " +
		"crthop (this hop), nexthop, lasthop, nexthops (how many), prevhop, firsthop, prevhops. Of a long frame buf and body hold the first piece. Writing does nothing",
}}

// part reads one part of a frame; null if the frame has none.
type part func(f *frame) kemi.Value

var keys = map[string]part{
	"buf":      func(f *frame) kemi.Value { return kemi.Str(f.Frame.Raw) },
	"buflen":   func(f *frame) kemi.Value { return kemi.Int(len(f.Frame.Raw)) },
	"hdrs":     func(f *frame) kemi.Value { return kemi.Str(f.Frame.Head) },
	"body":     func(f *frame) kemi.Value { return text(body(f.Frame)) },
	"bodylen":  func(f *frame) kemi.Value { return kemi.Int(len(body(f.Frame))) },
	"method":   func(f *frame) kemi.Value { return text(f.Frame.Method) },
	"code":     code,
	"reason":   func(f *frame) kemi.Value { return text(f.Frame.Reason) },
	"transid":  func(f *frame) kemi.Value { return kemi.Str(f.Frame.ID) },
	"msgid":    func(f *frame) kemi.Value { return text(f.Frame.Header("Message-ID")) },
	"sessid":   func(f *frame) kemi.Value { return text(f.Frame.Session()) },
	"conid":    func(f *frame) kemi.Value { return kemi.Int(int(f.From.Conn)) },
	"srcaddr":  func(f *frame) kemi.Value { return kemi.Str(srcAddr(f.From)) },
	"srcsock":  func(f *frame) kemi.Value { return kemi.Str(f.From.Local.String()) },
	"crthop":   func(f *frame) kemi.Value { return first(f.Frame.To) },
	"nexthop":  nextHop,
	"lasthop":  func(f *frame) kemi.Value { return text(f.Frame.To.Last()) },
	"nexthops": func(f *frame) kemi.Value { return kemi.Int(f.Frame.To.Len() - 1) },
	"prevhop":  func(f *frame) kemi.Value { return first(f.Frame.From) },
	"firsthop": func(f *frame) kemi.Value { return text(f.Frame.From.Last()) },
	"prevhops": func(f *frame) kemi.Value { return kemi.Int(f.Frame.From.Len()) },
}

func get(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	f, read := inHand(c), a.Data.(part)
	if f == nil || read == nil {
		return kemi.Null
	}
	return read(f)
}

func text(s string) kemi.Value {
	if s == "" {
		return kemi.Null
	}
	return kemi.Str(s)
}

func code(f *frame) kemi.Value {
	if f.Frame.IsRequest() {
		return kemi.Null
	}
	return kemi.Int(f.Frame.Code)
}

func first(p msrp.Path) kemi.Value {
	uri, _ := p.First()
	return text(uri)
}

func nextHop(f *frame) kemi.Value {
	uri, err := f.Frame.NextHop()
	if err != nil {
		return kemi.Null
	}
	return kemi.Str(uri)
}

// body is the content with the line end after it, as the incumbent shows it.
func body(f *msrp.Frame) string {
	if !f.Content {
		return ""
	}
	rest := f.Raw[len(head(f))+2:]
	if f.Flag == msrp.More {
		return rest
	}
	return rest[:max(0, strings.LastIndex(rest, "-------"+f.ID))]
}

// srcAddr is where a frame came from as a URI that set_dst takes.
func srcAddr(f flow.Flow) string {
	scheme := "msrp://"
	if f.Proto == flow.TLS {
		scheme = "msrps://"
	}
	return scheme + f.Remote.String()
}
