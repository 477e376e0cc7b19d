// Package siputils looks at SIP messages and URIs in ways that many scripts need.
package siputils

import (
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the siputils module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "siputils",
	Doc:  "Checks of messages, URIs and texts, URI parameters, and Contact URIs that are wrapped into URIs of this server.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.StrParam("options_accept", "*/*", func(s *state) *string { return &s.accept }, "Accept header of options_reply"),
		kemi.StrParam("options_accept_encoding", "", func(s *state) *string { return &s.acceptEncoding }, "Accept-Encoding header of options_reply"),
		kemi.StrParam("options_accept_language", "en", func(s *state) *string { return &s.acceptLanguage }, "Accept-Language header of options_reply"),
		kemi.StrParam("options_support", "", func(s *state) *string { return &s.supported }, "Supported header of options_reply"),
		kemi.StrParam("contact_flds_separator", "*", func(s *state) *string { return &s.separator }, "its first character separates the fields of encode_contact"),
		kemi.StrParam("rpid_prefix", "", func(s *state) *string { return &s.unused }, "accepted; the functions that use it are not there for Lua"),
		kemi.StrParam("rpid_suffix", ";party=calling;id-type=subscriber;screen=yes", func(s *state) *string { return &s.unused }, "accepted; the functions that use it are not there for Lua"),
		kemi.StrParam("rpid_avp", "$avp(s:rpid)", func(s *state) *string { return &s.unused }, "accepted; the functions that use it are not there for Lua"),
		kemi.IntParam("e164_max_len", 16, func(s *state) *int { return &s.e164 }, "accepted; the functions that use it are not there for Lua"),
	},
	Funcs: join(messageFuncs, textFuncs, uriFuncs, contactFuncs),
	Vars:  vars,
})

type state struct {
	accept, acceptEncoding, acceptLanguage, supported, separator, unused string

	e164 int
	srv  *kemi.Server
}

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) error { s.srv = srv; return nil }

type funcs = kemi.Funcs[state]

func join(lists ...funcs) (all funcs) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// The codes that most functions give.
var (
	yes    = kemi.Int(1)
	no     = kemi.Int(-1)
	failed = kemi.Int(-2)
	other  = kemi.Int(-3)
	old    = kemi.Int(-4)
)

// code is 1 or -1.
func code(ok bool) kemi.Value {
	if ok {
		return yes
	}
	return no
}

var messageFuncs = funcs{
	{Name: "is_request", Returns: kemi.Code, Doc: "the message is a request: 1 or -1",
		Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return code(c.Msg.IsRequest) }},
	{Name: "is_reply", Returns: kemi.Code, Doc: "the message is a reply: 1 or -1",
		Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return code(!c.Msg.IsRequest) }},
	{Name: "is_sip", Returns: kemi.Code, Doc: "the message is a SIP one: 1 or -1",
		Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return code(!c.Msg.IsHTTP()) }},
	{Name: "is_http", Returns: kemi.Code, Doc: "the message is an HTTP one: 1 or -1",
		Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return code(c.Msg.IsHTTP()) }},
	{Name: "has_totag", Returns: kemi.Code, Call: (*state).hasToTag, Doc: "To has a tag, so the message belongs to a dialog: 1 or -1"},
	{Name: "is_first_hop", Returns: kemi.Code, Call: (*state).isFirstHop, Doc: "the server is next to the sender: 1 or -1"},
	{Name: "is_first_hop_mode", Args: "mode int", Returns: kemi.Code, Call: (*state).isFirstHop, Doc: "is_first_hop; mode 1 does not ask whether a reply came from this server itself"},
	{Name: "is_user", Args: "name str", Returns: kemi.Code, Call: (*state).isUser, Doc: "the credentials that were checked are of this user: 1 or -1"},
	{Name: "sip_parse_headers", Returns: kemi.Code, Doc: "1: headers are always parsed here",
		Call: func(*state, *kemi.Ctx, *kemi.Args) kemi.Value { return yes }},
	{Name: "hdr_date_check", Args: "seconds int", Returns: kemi.Code, Call: (*state).checkDate, Doc: "the Date header is at most so many seconds old: 1; -1 there is none, -2 it cannot be read, -4 it is older"},
	{Name: "options_reply", Returns: kemi.Code, Call: (*state).optionsReply, Doc: "answers an OPTIONS for the server itself with 200 and its capabilities; -1 for any other request"},
}

func (s *state) hasToTag(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	to, err := c.Msg.To()
	return code(err == nil && to.Tag != "")
}

// isFirstHop counts the Vias of a request. A reply comes from the first hop if the top Record-Route is this server.
func (s *state) isFirstHop(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	m := c.Msg
	if m.IsRequest {
		vias := m.Vias()
		return code(vias.Next() && !vias.Next())
	}
	h := m.First(sip.HdrRecordRoute)
	if h == nil {
		return yes
	}
	addr, _, err := sip.ParseNameAddr(h.Value)
	if err != nil {
		return no
	}
	u, err := addr.URI()
	if err != nil || !s.isMine(u) {
		return no
	}
	looped := s.srv.Core.IsMyAddress(m.Flow.Remote, m.Flow.Proto)
	return code(a.Len() > 0 && a.Int(0)&1 != 0 || !looped)
}

// isUser asks for credentials that were checked, not for what a header claims.
func (s *state) isUser(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return code(c.Msg.Authorized != "" && c.Msg.Authorized == a.Str(0))
}
