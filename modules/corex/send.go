package corex

import (
	"hash/maphash"
	"strconv"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var sendFuncs = funcs{
	{Name: "send_data", Args: "uri str, data str", Returns: kemi.Code, Waits: true, Doc: "sends bytes as they are to the address of a URI: 1 or -1",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.send(c, a.Str(0), nil, a.Str(1)) }},
	{Name: "sendx", Args: "uri str, socket str, data str", Returns: kemi.Code, Waits: true, Doc: "send_data from a socket of ours",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.send(c, a.Str(0), s.socket(a.Str(1)), a.Str(2))
		}},
	{Name: "forward_uac", Returns: kemi.Code, Waits: true, Call: (*state).forwardUAC, Doc: "forwards the request statelessly as if it began here: the Vias that it came with are left out"},
	{Name: "forward_uac_branch", Args: "branch int", Returns: kemi.Code, Waits: true, Call: (*state).forwardUACBranch, Doc: "forward_uac; the number is part of our Via's branch, so that copies of one request differ"},
	{Name: "forward_uac_uri", Args: "uri str", Returns: kemi.Code, Waits: true, Call: (*state).forwardUACURI, Doc: "forward_uac to the address of a URI"},
	{Name: "forward_uac_uri_branch", Args: "uri str, branch int", Returns: kemi.Code, Waits: true, Call: (*state).forwardUACURI, Doc: "forward_uac_branch to the address of a URI"},
}

// each tries the ways to a URI until one takes what is sent.
func (s *state) each(c *kemi.Ctx, function, uri string, sock *flow.Socket, send func(flow.Flow) error) kemi.Value {
	ways, err := s.srv.Core.Targets(c.Shard.Shard, uri, sock, c.Msg)
	for _, way := range ways {
		if sock != nil && sock.Proto == way.Proto {
			way.Local = sock
		}
		if err = send(way); err == nil {
			return yes
		}
	}
	if err != nil {
		c.Log(log.Err, "corex", function+": "+err.Error())
	}
	return no
}

func (s *state) send(c *kemi.Ctx, uri string, sock *flow.Socket, data string) kemi.Value {
	return s.each(c, "send_data", uri, sock, func(way flow.Flow) error {
		return s.srv.Core.Send(way, []byte(data), 0, nil)
	})
}

func (s *state) forwardUAC(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return s.forward(c, c.Msg.NextHop(), 0)
}

func (s *state) forwardUACBranch(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.forward(c, c.Msg.NextHop(), a.Int(0))
}

func (s *state) forwardUACURI(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	branch := 0
	if a.Len() > 1 {
		branch = a.Int(1)
	}
	return s.forward(c, a.Str(0), branch)
}

// forward sends a copy of the request without the Vias of those that it came through.
func (s *state) forward(c *kemi.Ctx, uri string, branch int) kemi.Value {
	if !c.Msg.IsRequest {
		return no
	}
	m := c.Msg.Fake()
	for h := m.First(sip.HdrVia); h != nil; h = m.Next(h) {
		m.RemoveHeader(h)
	}
	o := route.Outgoing{URI: m.Target.URI, Path: m.Path, Branch: branchOf(m, branch)}
	return s.each(c, "forward_uac", uri, m.Socket, func(way flow.Flow) error {
		o.Flow = way
		return s.srv.Core.Send(way, route.AppendRequest(nil, m, &o), m.Forward, nil)
	})
}

// branchSeed is the same for the life of the process, so that copies of a request get the same branch.
var branchSeed = maphash.MakeSeed()

// branchOf is the branch of our Via: the same for each copy of a request (RFC 3261 16.11).
func branchOf(m *route.Message, branch int) string {
	var h maphash.Hash
	h.SetSeed(branchSeed)
	if via, err := m.TopVia(); err == nil {
		_, _ = h.WriteString(via.Branch)
		_, _ = h.WriteString(via.Host)
	}
	_, _ = h.WriteString(m.CallID())
	return "z9hG4bKuac" + strconv.FormatUint(h.Sum64(), 16) + "." + strconv.Itoa(branch)
}
