package core

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var forwardFuncs = funcs{
	{Name: "forward", Returns: kemi.Code, Call: (*state).forward, Waits: true, Doc: "relays the request without a transaction to its next hop"},
	{Name: "forward_uri", Args: "uri str", Returns: kemi.Code, Call: (*state).forwardURI, Waits: true, Doc: "relays the request without a transaction to the URI"},
	{Name: "force_rport", Returns: kemi.Truth, Doc: "replies go to the port that the request came from",
		Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { c.Msg.ForceRport = true; return aye }},
	{Name: "add_local_rport", Returns: kemi.Truth, Doc: "asks the next hop to reply to the port that the server sends from",
		Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { c.Msg.LocalRport = true; return aye }},
	{Name: "set_advertised_address", Args: "host str", Returns: kemi.Code, Doc: "the host to write into our Via; 0 if it is nil or too long",
		Call: advertise(128, func(m *route.Message) *string { return &m.AdvertiseHost })},
	{Name: "set_advertised_port", Args: "port str", Returns: kemi.Code, Doc: "the port to write into our Via; 0 if it is nil or too long",
		Call: advertise(8, func(m *route.Message) *string { return &m.AdvertisePort })},
	{Name: "set_drop", Returns: kemi.NoResult, Doc: "marks the message as dropped; the route goes on",
		Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { c.Msg.Dropped = true; return kemi.Void }},
	{Name: "set_forward_close", Returns: kemi.Truth, Call: mode(forwardOf, route.CloseAfter), Doc: "closes the connection that the request is relayed on after it"},
	{Name: "set_forward_no_connect", Returns: kemi.Truth, Call: mode(forwardOf, route.NoConnect), Doc: "relays on an existing connection only"},
	{Name: "set_reply_close", Returns: kemi.Truth, Call: mode(replyOf, route.CloseAfter), Doc: "closes the connection of the request after its reply"},
	{Name: "set_reply_no_connect", Returns: kemi.Truth, Call: mode(replyOf, route.NoConnect), Doc: "replies on an existing connection only"},
	{Name: "add_tcp_alias", Args: "port int", Returns: kemi.Code, Call: (*state).addAlias, Doc: "the request's connection also serves this port of the peer"},
	{Name: "add_tcp_alias_via", Returns: kemi.Code, Call: (*state).addAliasVia, Doc: "the request's connection also serves the port of its Via"},
	{Name: "route", Args: "name str", Returns: kemi.Code, Call: (*state).route, Doc: "runs a route block of the configuration; there are none here"},
}

func forwardOf(m *route.Message) *route.SendMode { return &m.Forward }
func replyOf(m *route.Message) *route.SendMode   { return &m.Reply }

func mode(of func(*route.Message) *route.SendMode, bit route.SendMode) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
		*of(c.Msg) |= bit
		return aye
	}
}

func (s *state) forward(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return s.forwardTo(c, "")
}

func (s *state) forwardURI(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.forwardTo(c, a.Str(0))
}

func (s *state) forwardTo(c *kemi.Ctx, uri string) kemi.Value {
	if err := s.srv.Core.Forward(c.Shard.Shard, c.Msg, uri); err != nil {
		c.Log(log.Err, "core", "forward: "+err.Error())
		return no
	}
	return yes
}

// advertise makes a function that keeps a text shorter than limit for our Via. The text is the script's responsibility.
func advertise(limit int, field func(*route.Message) *string) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if a.At(0).IsNull() || len(a.Str(0)) >= limit {
			return kemi.Int(0)
		}
		*field(c.Msg) = strings.Clone(a.Str(0))
		return yes
	}
}

func (s *state) addAlias(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.alias(c, a.Int(0))
}

func (s *state) addAliasVia(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	via, err := c.Msg.TopVia()
	if err != nil {
		return no
	}
	port := int(via.PortNum)
	if port == 0 {
		port = int(c.Msg.Flow.Proto.DefaultPort())
	}
	return s.alias(c, port)
}

// alias is a success without effect for a message that came over no connection, as scripts expect.
func (s *state) alias(c *kemi.Ctx, port int) kemi.Value {
	set := s.srv.Core.Transports()
	if !c.Msg.Flow.Proto.Reliable() || set == nil || port < 1 || port > 65535 {
		return yes
	}
	if err := set.AddAlias(c.Msg.Flow.Conn, uint16(port)); err != nil {
		return no
	}
	return yes
}

func (s *state) route(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	c.Misuse("route", "there is no route block "+strconv.Quote(a.Str(0))+": the routing logic is the Lua script")
	return no
}
