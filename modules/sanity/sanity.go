// Package sanity refuses malformed requests early, each with the reply that says what is wrong with it.
package sanity

import (
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the sanity module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "sanity",
	Doc:  "Checks that a request is well-formed, and answers one that is not.",
	New:  func() *state { return new(state) },
	Params: append(kemi.Params[state]{
		kemi.IntParam("default_checks", 3047, func(s *state) *int { return &s.checks }, "checks of sanity_check_defaults, a sum: "+checkList()),
		kemi.IntParam("uri_checks", 7, func(s *state) *int { return &s.uris }, "URIs that check 1024 reads, a sum: 1 request URI, 2 From, 4 To, 8 Contact"),
		kemi.StrParam("proxy_require", "", func(s *state) *string { return &s.extensions }, "extensions that a Proxy-Require may ask for, separated by commas"),
		kemi.IntParam("autodrop", 1, func(s *state) *int { return &s.autodrop }, "accepted; a Lua script ends the route itself when the result is negative"),
		kemi.IntParam("noreply", 0, func(s *state) *int { return &s.noReply }, "1 leaves the reply to sanity_reply"),
		kemi.IntParam("size_checks", 0, func(s *state) *int { return &s.sizeChecks }, "size limits that every call also checks, a sum: 1 message, 2 method, 4 request URI, 8 From URI, 16 To URI, 32 Contact URI, 64 Route URI, 128 Path URI, 256 P-Asserted-Identity URI, 512 each header, 1024 all headers, 2048 body"),
	}, sizeParams()...),
	Funcs: kemi.Funcs[state]{
		{Name: "sanity_check", Args: "checks int, uri_checks int", Returns: kemi.Code, Call: (*state).check, Doc: "runs the checks, a sum as in default_checks: 1 passed; -1 failed, and answered unless noreply is set"},
		{Name: "sanity_check_defaults", Returns: kemi.Code, Call: (*state).checkDefaults, Doc: "sanity_check with the checks of the parameters"},
		{Name: "sanity_reply", Returns: kemi.Code, Call: (*state).answerLater, Doc: "with noreply: sends the reply of the check that failed"},
	},
})

type state struct {
	checks, uris, autodrop, noReply, sizeChecks int

	extensions string
	supported  []string // of extensions
	sizes      [len(sizes)]int
	srv        *kemi.Server
}

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) error {
	s.srv = srv
	for word := range strings.SplitSeq(s.extensions, ",") {
		if word = strings.TrimSpace(word); word != "" {
			s.supported = append(s.supported, word)
		}
	}
	return nil
}

var (
	passed = kemi.Int(1)
	failed = kemi.Int(-1)
)

// fault is the reply that a failed check deserves. A silent one is not answered.
type fault struct {
	code   int
	reason string
	header string // with its CRLF
	silent bool
}

// faultKey is the key of the fault that a message keeps for sanity_reply.
type faultKey struct{}

func (s *state) check(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.run(c, a.Int(0), a.Int(1)) }

func (s *state) checkDefaults(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return s.run(c, s.checks, s.uris)
}

func (s *state) run(c *kemi.Ctx, bits, uris int) kemi.Value {
	f := s.find(c, bits, uris)
	if f == nil {
		return passed
	}
	source := c.Msg.Flow.Remote.Addr().String()
	s.srv.Log.Once("sanity "+source+f.reason, log.Warn, "sanity", "message from "+source+": "+f.reason)
	switch {
	case f.silent:
	case s.noReply != 0:
		if c.Msg.Extra == nil {
			c.Msg.Extra = map[any]any{}
		}
		c.Msg.Extra[faultKey{}] = f
	default:
		s.answer(c, f)
	}
	return failed
}

// find runs the checks in order and gives the first fault, or nil.
func (s *state) find(c *kemi.Ctx, bits, uris int) *fault {
	for i := range checks {
		if bits&checks[i].bit == 0 {
			continue
		}
		if f := checks[i].find(s, c.Msg, uris); f != nil {
			return f
		}
	}
	if s.sizeChecks != 0 {
		return s.tooLarge(c.Msg)
	}
	return nil
}

// noFault answers a sanity_reply without a failed check before it.
var noFault = fault{code: 500, reason: "Server Sanity Failure"}

func (s *state) answerLater(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if s.noReply == 0 {
		return passed
	}
	f, ok := c.Msg.Extra[faultKey{}].(*fault)
	if !ok {
		f = &noFault
	}
	if !s.answer(c, f) {
		return failed
	}
	return passed
}

// answer replies through the transaction where there is one. ACK and replies cannot be answered.
func (s *state) answer(c *kemi.Ctx, f *fault) bool {
	m := c.Msg
	if !m.IsRequest || m.Method.Has(sip.MethodAck) {
		return true
	}
	if f.header != "" {
		m.Answer.Headers = append(m.Answer.Headers, f.header)
	}
	if t := tm.Of(m); t != nil {
		return t.Reply(m, f.code, f.reason) > 0
	}
	if err := s.srv.Core.ReplyStateless(m, f.code, f.reason); err != nil {
		c.Log(log.Err, "sanity", "reply: "+err.Error())
		return false
	}
	return true
}
