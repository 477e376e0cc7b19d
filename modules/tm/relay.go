package tm

import (
	"net/netip"
	"strconv"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) relay(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return s.relayBy(c, tm.RelayOptions{})
}

func (s *state) relayBy(c *kemi.Ctx, o tm.RelayOptions) kemi.Value {
	switch {
	case !c.Msg.IsRequest && o.Replica:
		return badMessage
	case !c.Msg.IsRequest:
		return kemi.Int(0)
	}
	return kemi.Int(c.Shard.TM.Relay(c.Msg, o))
}

func (s *state) relayFlags(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.relayBy(c, tm.RelayOptions{Flags: tm.RelayFlags(a.Int(0))})
}

// relayProto forces the transport; an unknown one counts as none, as in the incumbent.
func (s *state) relayProto(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	p, _ := flow.ParseProto(a.Str(0))
	return s.relayBy(c, tm.RelayOptions{Proto: p})
}

func (s *state) relayProtoAddr(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	p, _ := flow.ParseProto(a.Str(0))
	return s.relayTo(c, hostPort(a.Str(1), strconv.Itoa(a.Int(2))), p, 0)
}

func (s *state) relayProxy(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.toProxy(c, a.Str(0), 0)
}

func (s *state) relayProxyFlags(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.toProxy(c, a.Str(0), tm.RelayFlags(a.Int(1)))
}

// toProxy reads "[proto:]host[:port]".
func (s *state) toProxy(c *kemi.Ctx, proxy string, flags tm.RelayFlags) kemi.Value {
	p, host := flow.CutProto(proxy)
	return s.relayTo(c, host, p, flags)
}

// relayTo relays to a fixed host. A host without an address fails before there is a transaction.
func (s *state) relayTo(c *kemi.Ctx, host string, p flow.Proto, flags tm.RelayFlags) kemi.Value {
	hop := "sip:" + host
	if p != flow.None {
		hop += ";transport=" + p.String()
	}
	if _, err := s.srv.Core.Targets(c.Shard.Shard, hop, c.Msg.Socket, c.Msg); err != nil {
		c.Log(log.Err, "tm", "proxy "+err.Error())
		return no
	}
	return s.relayBy(c, tm.RelayOptions{NextHop: hop, Flags: flags})
}

// hostPort joins a host and a port, with brackets where an IPv6 address needs them.
func hostPort(host, port string) string {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		host = "[" + host + "]"
	}
	if port == "" || port == "0" {
		return host
	}
	return host + ":" + port
}

func (s *state) replicate(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.relayBy(c, tm.RelayOptions{NextHop: a.Str(0), Replica: true})
}

func (s *state) relayCancel(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if !c.Msg.IsRequest {
		return no
	}
	return kemi.Int(c.Shard.TM.RelayCancel(c.Msg))
}
