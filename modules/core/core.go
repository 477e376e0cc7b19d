// Package core is KSR itself: the functions that every script has without a loadmodule line.
package core

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the core table.
var Module = kemi.Define(kemi.Spec[state]{
	Name:  "core",
	Table: "core",
	Doc:   "The functions of KSR itself: methods, transports, flags, request URI, forwarding, logs.",
	New:   func() *state { return new(state) },
	Funcs: join(methodFuncs(), transportFuncs(), myselfFuncs, flagFuncs, uriFuncs, forwardFuncs, logFuncs),
	RPC:   allCommands(),
	Stats: statistics,
})

type state struct{ srv *kemi.Server }

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) error { s.srv = srv; return nil }

type funcs = kemi.Funcs[state]

func join(lists ...funcs) (all funcs) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
	aye = kemi.Bool(true)
	nay = kemi.Bool(false)
)

// methods are the requests that have a function of their own.
var methods = []sip.Method{
	sip.MethodInvite, sip.MethodAck, sip.MethodBye, sip.MethodCancel, sip.MethodRegister, sip.MethodOptions,
	sip.MethodSubscribe, sip.MethodPublish, sip.MethodNotify, sip.MethodRefer, sip.MethodInfo, sip.MethodUpdate,
	sip.MethodPrack, sip.MethodMessage, sip.MethodKDMQ, sip.MethodGet, sip.MethodPost, sip.MethodPut, sip.MethodDelete,
}

func methodFuncs() funcs {
	list := funcs{
		{Name: "is_method", Args: "methods str", Returns: kemi.Truth, Call: (*state).isMethod, Doc: "the method is one of the names, which | separates; case does not matter"},
		{Name: "is_method_in", Args: "letters str", Returns: kemi.Truth, Call: (*state).isMethodIn, Doc: "the method is one of the letters"},
	}
	for _, m := range methods {
		list = append(list, kemi.Func[state]{
			Name: "is_" + m.String(), Returns: kemi.Truth, Doc: "the method is " + m.String(),
			Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return kemi.Bool(method(c.Msg) == m) },
		})
	}
	return list
}

// method is the method of a request, or of the request that a reply answers.
func method(m *route.Message) sip.Method {
	if !m.IsRequest {
		if cseq, err := m.CSeq(); err == nil {
			return cseq.Method
		}
	}
	return m.Method
}

func methodName(m *route.Message) string {
	if m.IsRequest {
		return m.MethodName
	}
	cseq, err := m.CSeq()
	if err != nil {
		return ""
	}
	return cseq.MethodName
}

func (s *state) isMethod(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return kemi.Bool(inList(methodName(c.Msg), a.Str(0)))
}

// inList looks a word up in a list that | separates.
func inList(word, list string) bool {
	for word != "" {
		part, rest, more := cut(list, '|')
		if sip.EqualFold(word, part) {
			return true
		}
		if !more {
			return false
		}
		list = rest
	}
	return false
}

func cut(s string, sep byte) (before, after string, found bool) {
	for i := range len(s) {
		if s[i] == sep {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// methodLetters are the letters of is_method_in, which may be small ones.
var methodLetters = [256]sip.Method{
	'I': sip.MethodInvite, 'A': sip.MethodAck, 'B': sip.MethodBye, 'C': sip.MethodCancel, 'R': sip.MethodRegister,
	'M': sip.MethodMessage, 'O': sip.MethodOptions, 'S': sip.MethodSubscribe, 'P': sip.MethodPublish,
	'N': sip.MethodNotify, 'U': sip.MethodUpdate, 'K': sip.MethodKDMQ, 'E': sip.MethodPrack, 'F': sip.MethodRefer, 'D': sip.MethodDelete,
}

func (s *state) isMethodIn(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	m, letters := method(c.Msg), a.Str(0)
	for i := range len(letters) {
		b := letters[i]
		if b >= 'a' && b <= 'z' {
			b -= 'a' - 'A'
		}
		if methodLetters[b] == m {
			return aye
		}
	}
	return nay
}

// transports are the tests of the way a message came or will leave.
var transports = []struct {
	name string
	fits func(flow.Flow) bool
}{
	{"UDP", func(f flow.Flow) bool { return f.Proto == flow.UDP }},
	{"TCP", func(f flow.Flow) bool { return f.Proto == flow.TCP }},
	{"TLS", func(f flow.Flow) bool { return f.Proto == flow.TLS }},
	{"SCTP", func(f flow.Flow) bool { return f.Proto == flow.SCTP }},
	{"WS", func(f flow.Flow) bool { return f.Proto == flow.WS }},
	{"WSS", func(f flow.Flow) bool { return f.Proto == flow.WSS }},
	{"WSX", func(f flow.Flow) bool { return f.Proto == flow.WS || f.Proto == flow.WSS }},
	{"IPv4", func(f flow.Flow) bool { return f.Remote.Addr().Is4() }},
	{"IPv6", func(f flow.Flow) bool { return f.Remote.Addr().Is6() }},
}

func transportFuncs() funcs {
	list := funcs{
		{Name: "is_TCPX", Returns: kemi.Truth, Doc: "the message came over a stream of SIP, not of WebSocket",
			Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
				return kemi.Bool(c.Msg.Flow.Proto == flow.TCP || c.Msg.Flow.Proto == flow.TLS)
			}},
		{Name: "is_proto", Args: "letters str", Returns: kemi.Truth, Call: (*state).isProto, Doc: "the message came over one of the transports: E TLS, S SCTP, T TCP, U UDP, V WSS, W WS"},
		{Name: "is_src_port", Args: "port int", Returns: kemi.Truth, Doc: "the message came from this port",
			Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
				return kemi.Bool(int(c.Msg.Flow.Remote.Port()) == a.Int(0))
			}},
		{Name: "is_dst_port", Args: "port int", Returns: kemi.Truth, Doc: "the message came to this port",
			Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
				return kemi.Bool(int(c.Msg.Flow.Local.Addr.Port()) == a.Int(0))
			}},
	}
	for _, t := range transports {
		list = append(list,
			kemi.Func[state]{Name: "is_" + t.name, Returns: kemi.Truth, Doc: "the message came over " + t.name,
				Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return kemi.Bool(t.fits(c.Msg.Flow)) }},
			kemi.Func[state]{Name: "to_" + t.name, Returns: kemi.Truth, Doc: "the next hop says that the message leaves over " + t.name,
				Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return kemi.Bool(t.fits(nextHop(c.Msg))) }})
	}
	return list
}

var protoLetters = [256]flow.Proto{
	'E': flow.TLS, 'S': flow.SCTP, 'T': flow.TCP, 'U': flow.UDP, 'V': flow.WSS, 'W': flow.WS,
	'e': flow.TLS, 's': flow.SCTP, 't': flow.TCP, 'u': flow.UDP, 'v': flow.WSS, 'w': flow.WS,
}

func (s *state) isProto(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	letters := a.Str(0)
	for i := range len(letters) {
		if protoLetters[letters[i]] == c.Msg.Flow.Proto {
			return aye
		}
	}
	return nay
}

// logLevels are the functions that write to the log.
var logLevels = []struct {
	name  string
	level log.Level
}{{"crit", log.Crit}, {"err", log.Err}, {"warn", log.Warn}, {"notice", log.Notice}, {"info", log.Info}, {"dbg", log.Debug}}

var logFuncs = makeLogFuncs()

func makeLogFuncs() funcs {
	list := funcs{
		{Name: "log", Args: "level str, text str", Returns: kemi.NoResult, Call: (*state).log, Doc: "writes to the log; $variables are not expanded, see xlog"},
		{Name: "get_debug", Returns: kemi.Code, Call: (*state).debug, Doc: "the highest level that is written, as debug= sets it"},
	}
	for _, l := range logLevels {
		list = append(list, kemi.Func[state]{
			Name: l.name, Args: "text str", Returns: kemi.NoResult, Doc: "writes to the log at level " + l.name,
			Call: func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
				c.Log(l.level, "<script>", a.Str(0))
				return kemi.Void
			},
		})
	}
	return list
}

func (s *state) log(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	level, ok := log.ParseLevel(a.Str(0))
	if !ok {
		level = log.Err
	}
	c.Log(level, "<script>", a.Str(1))
	return kemi.Void
}

func (s *state) debug(*kemi.Ctx, *kemi.Args) kemi.Value {
	return kemi.Int(int(s.srv.Log.Threshold()))
}
