// Package corex offers what belongs to the core but is not part of the KSR table itself: branches, sockets, sends of
// raw data, and commands about the running server.
package corex

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the corex module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "corex",
	Doc:  "Branches, sockets, extended flags, raw sends, small files, and commands about sockets, aliases and memory.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.FuncParam("alias_subdomains", kemi.KindStr, `""`, (*state).addDomain, "a domain that is this server with all names below it: proto:domain:port, protocol and port may be left out; may be given several times"),
		kemi.FuncParam("dns_cache", kemi.KindStr, `""`, (*state).addName, "an address of a name: type=A;name=a.example;addr=192.0.2.1;ttl=60;flags=2 (flags: 1 the name has none, 2 for ever); or an SRV record: type=SRV;name=_sip._udp.a.example;addr=b.example;port=5060;priority=1;weight=1; may be given several times"),
		kemi.FuncParam("dns_file", kemi.KindStr, `""`, (*state).addNameFile, "a file with a value of dns_cache in each line; # begins a comment"),
		kemi.IntParam("nio_intercept", 0, func(s *state) *int { return &s.unused }, "accepted; the event network:msg is not there for Lua"),
		kemi.IntParam("nio_min_msg_len", 0, func(s *state) *int { return &s.unused }, "accepted; see nio_intercept"),
		kemi.StrParam("nio_msg_avp", "", func(s *state) *string { return &s.unusedText }, "accepted; see nio_intercept"),
		kemi.StrParam("evcb_reply_out", "", func(s *state) *string { return &s.replyOut }, "function called when a transaction has sent a reply"),
	},
	Funcs:  join(branchFuncs, flagFuncs, socketFuncs, sendFuncs, viaFuncs, otherFuncs),
	RPC:    commands,
	Vars:   vars,
	Trans:  transformations,
	Events: []kemi.Event{{Name: replyOutEvent, Param: "evcb_reply_out", Doc: "a transaction has sent a reply; the message in hand is the relayed reply, or the request for a reply made here"}},
})

type state struct {
	unused               int
	unusedText, replyOut string

	domains []domain
	names   []pinnedName
	via     viaNames
	srv     *kemi.Server
}

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) error {
	s.srv = srv
	s.via.read(srv.Config)
	for i := range s.domains {
		srv.Core.AddDomain(s.domains[i].alias())
	}
	if err := s.pinNames(); err != nil {
		return err
	}
	if s.replyOut != "" {
		srv.Hooks.Add(replyHook{s})
	}
	return nil
}

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
)

func code(ok bool) kemi.Value {
	if ok {
		return yes
	}
	return no
}

var flagFuncs = funcs{
	{Name: "setxflag", Args: "flag int", Returns: kemi.Code, Doc: "sets an extended message flag, 0 to 63",
		Call: xflag(func(w *uint32, bit uint32) bool { *w |= bit; return true })},
	{Name: "resetxflag", Args: "flag int", Returns: kemi.Code, Doc: "resets an extended message flag",
		Call: xflag(func(w *uint32, bit uint32) bool { *w &^= bit; return true })},
	{Name: "isxflagset", Args: "flag int", Returns: kemi.Code, Doc: "an extended message flag is set: 1 or -1",
		Call: xflag(func(w *uint32, bit uint32) bool { return *w&bit != 0 })},
}

// xflag makes a function of one flag; a number out of range is -1.
func xflag(do func(w *uint32, bit uint32) bool) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		n := a.Int(0)
		if n < 0 || n > 63 {
			return no
		}
		return code(do(&c.Msg.XFlags[n/32], 1<<(n%32)))
	}
}

var branchFuncs = funcs{
	{Name: "append_branch", Returns: kemi.Code, Call: (*state).appendBranch, Doc: "adds a branch with the request URI; -1 if there are too many"},
	{Name: "append_branch_uri", Args: "uri str", Returns: kemi.Code, Call: (*state).appendBranch, Doc: "adds a branch with a URI; an empty one is the request URI"},
	{Name: "append_branch_uri_q", Args: "uri str, q str", Returns: kemi.Code, Call: (*state).appendBranch, Doc: "append_branch_uri with a preference, 0 to 1"},
}

// appendBranch makes a branch that goes where the first one goes, but for its URI.
func (s *state) appendBranch(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	m := c.Msg
	b := route.Branch{URI: m.CurrentURI(), DstURI: m.DstURI, Path: m.Path, Socket: m.Socket, Flags: m.Target.Flags, Q: route.QUnset}
	if a.Len() > 0 && a.Str(0) != "" {
		b.URI = a.Str(0)
	}
	if a.Len() > 1 && a.Str(1) != "" {
		q, err := parseQ(a.Str(1))
		if err != nil {
			return no
		}
		b.Q = q
	}
	if len(m.Branches) >= route.MaxBranches-1 {
		return no
	}
	m.Branches = append(m.Branches, b)
	return yes
}
