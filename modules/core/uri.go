package core

import (
	"cmp"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var uriFuncs = funcs{
	{Name: "seturi", Args: "uri str", Returns: kemi.Truth, Call: (*state).setURI, Doc: "rewrites the request URI"},
	{Name: "setuser", Args: "user str", Returns: kemi.Truth, Call: (*state).setUser, Doc: "rewrites the user of the request URI; an empty one takes it out"},
	{Name: "sethost", Args: "host str", Returns: kemi.Truth, Call: (*state).setHost, Doc: "rewrites the host of the request URI"},
	{Name: "setdsturi", Args: "uri str", Returns: kemi.Truth, Call: (*state).setDstURI, Doc: "sets the next hop, which wins over the request URI"},
	{Name: "resetdsturi", Returns: kemi.Truth, Call: (*state).resetDstURI, Doc: "takes the next hop back"},
	{Name: "isdsturiset", Returns: kemi.Truth, Call: (*state).isDstURISet, Doc: "a next hop is set"},
}

func (s *state) setURI(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.At(0).IsNull() {
		return nay
	}
	c.Msg.SetURI(cmp.Or(a.Str(0), route.NoURI))
	return aye
}

func (s *state) setUser(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return rewrite(c, func(u *sip.URI) string { return route.WithUser(u, a.Str(0)) }, a.At(0))
}

func (s *state) setHost(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return rewrite(c, func(u *sip.URI) string { return route.WithHost(u, a.Str(0)) }, a.At(0))
}

// rewrite builds the request URI anew from its parts.
func rewrite(c *kemi.Ctx, build func(*sip.URI) string, arg kemi.Value) kemi.Value {
	if arg.IsNull() {
		return nay
	}
	u, err := c.Server.Core.ParseURI(c.Msg.CurrentURI())
	if err != nil {
		return nay
	}
	uri := build(&u)
	if len(uri) > route.MaxURI {
		return nay
	}
	c.Msg.SetURI(uri)
	return aye
}

func (s *state) setDstURI(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.At(0).IsNull() {
		return nay
	}
	c.Msg.DstURI = a.Str(0)
	return aye
}

func (s *state) resetDstURI(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	c.Msg.DstURI = ""
	return aye
}

func (s *state) isDstURISet(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return kemi.Bool(c.Msg.DstURI != "")
}

var myselfFuncs = funcs{
	{Name: "is_myself", Args: "uri str", Returns: kemi.Truth, Doc: "the URI, or host, is this server",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value { return kemi.Bool(s.isMyself(c, a.Str(0))) }},
	{Name: "is_myself_ruri", Returns: kemi.Truth, Doc: "the request URI is this server",
		Call: func(s *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
			return kemi.Bool(s.isMyURI(c, c.Msg.CurrentURI()))
		}},
	{Name: "is_myself_duri", Returns: kemi.Truth, Doc: "the next hop that was set is this server",
		Call: func(s *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
			return kemi.Bool(c.Msg.DstURI != "" && s.isMyURI(c, c.Msg.DstURI))
		}},
	{Name: "is_myself_nhuri", Returns: kemi.Truth, Doc: "the next hop, set or by request URI, is this server",
		Call: func(s *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return kemi.Bool(s.isMyURI(c, c.Msg.NextHop())) }},
	{Name: "is_myself_furi", Returns: kemi.Truth, Doc: "the From URI is this server",
		Call: func(s *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return kemi.Bool(s.isMyAddr(c.Msg.From())) }},
	{Name: "is_myself_turi", Returns: kemi.Truth, Doc: "the To URI is this server",
		Call: func(s *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return kemi.Bool(s.isMyAddr(c.Msg.To())) }},
	{Name: "is_myself_suri", Returns: kemi.Truth, Doc: "the source address and port are this server", Call: (*state).isMySource},
	{Name: "is_myself_srcip", Returns: kemi.Truth, Doc: "the source address is this server", Call: (*state).isMySourceIP},
}

// isMyself takes a URI or a bare host.
func (s *state) isMyself(c *kemi.Ctx, text string) bool {
	if _, err := sip.ParseURI(text); err == nil {
		return s.isMyURI(c, text)
	}
	return text != "" && s.srv.Core.IsMyself(text, 0, flow.None)
}

func (s *state) isMyURI(c *kemi.Ctx, text string) bool {
	u, err := c.Shard.ParseURI(text)
	return err == nil && s.isMy(u)
}

func (s *state) isMyAddr(a *sip.NameAddr, err error) bool {
	if err != nil {
		return false
	}
	u, err := a.URI()
	return err == nil && s.isMy(u)
}

func (s *state) isMy(u *sip.URI) bool {
	if u.Host == "" || u.Scheme.Phone() {
		return false
	}
	p, _ := flow.ParseProto(u.Transport())
	return s.srv.Core.IsMyself(u.Host, u.PortNum, p)
}

func (s *state) isMySource(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	source, proto := c.Msg.Flow.Remote, c.Msg.Flow.Proto
	return kemi.Bool(s.srv.Core.IsMyAddress(source, proto) || s.srv.Core.IsMyself(source.Addr().String(), source.Port(), proto))
}

func (s *state) isMySourceIP(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return kemi.Bool(s.srv.Core.IsMyIP(c.Msg.Flow.Remote.Addr()))
}
