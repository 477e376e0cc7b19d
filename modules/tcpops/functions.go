package tcpops

import (
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
)

func verdict(ok bool) kemi.Value {
	if ok {
		return kemi.Int(1)
	}
	return kemi.Int(-1)
}

// here is the connection that the message in hand came on; 0 for a datagram.
func here(c *kemi.Ctx) flow.ConnID { return c.Msg.Flow.Conn }

func (s *state) keepAlive(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.probe(here(c), a, 0) }

func (s *state) keepAliveOf(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.probe(flow.ConnID(a.Int(0)), a, 1)
}

// probe reads idle, count and interval from an argument on.
func (s *state) probe(id flow.ConnID, a *kemi.Args, at int) kemi.Value {
	return s.setProbe(id, &transport.KeepAlive{Idle: seconds(a.Int(at)), Count: a.Int(at + 1), Interval: seconds(a.Int(at + 2))})
}

func (s *state) noKeepAlive(c *kemi.Ctx, _ *kemi.Args) kemi.Value { return s.setProbe(here(c), nil) }

func (s *state) noKeepAliveOf(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.setProbe(flow.ConnID(a.Int(0)), nil)
}

func (s *state) setProbe(id flow.ConnID, k *transport.KeepAlive) kemi.Value {
	set := s.set()
	return verdict(set != nil && set.SetKeepAlive(id, k) == nil)
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

func (s *state) lifetime(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.setLifetime(here(c), a.Int(0))
}

func (s *state) lifetimeOf(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.setLifetime(flow.ConnID(a.Int(0)), a.Int(1))
}

func (s *state) setLifetime(id flow.ConnID, n int) kemi.Value {
	set := s.set()
	return verdict(set != nil && n > 0 && set.SetLifetime(id, seconds(n)))
}

func (s *state) watch(c *kemi.Ctx, _ *kemi.Args) kemi.Value { return s.watchConn(here(c)) }

func (s *state) watchOf(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.watchConn(flow.ConnID(a.Int(0)))
}

func (s *state) watchConn(id flow.ConnID) kemi.Value {
	set := s.set()
	return verdict(set != nil && set.WatchClosed(id))
}

func (s *state) find(id int) (transport.ConnInfo, bool) {
	set := s.set()
	if set == nil {
		return transport.ConnInfo{}, false
	}
	return set.Connection(flow.ConnID(id))
}

func (s *state) alive(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	_, ok := s.find(a.Int(0))
	return verdict(ok)
}

func (s *state) connState(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	x, ok := s.find(a.Int(0))
	switch {
	case !ok:
		return kemi.Int(-1)
	case x.State == "CONN_OK":
		return kemi.Int(1)
	}
	return kemi.Int(3)
}

// to is the connection to "proto:ip:port", where proto may be left out for tcp; 0 if there is none.
func (s *state) to(peer string) flow.ConnID {
	set := s.set()
	p, at, ok := flow.ParseAddress(peer)
	if set == nil || !ok {
		return 0
	}
	if p == flow.None {
		p = flow.TCP
	}
	return set.ConnTo(flow.Flow{Proto: p, Remote: at})
}

func (s *state) peerAlive(_ *kemi.Ctx, a *kemi.Args) kemi.Value { return verdict(s.to(a.Str(0)) != 0) }

func (s *state) connTo(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	v, err := s.server.Registry.Var(a.Str(1))
	if err != nil {
		c.Misuse("tcpops.tcp_get_conid", err.Error())
		return kemi.Int(-1)
	}
	id := s.to(a.Str(0))
	return verdict(id != 0 && v.Set(c, kemi.Int(int(id))))
}

func (s *state) close(c *kemi.Ctx, _ *kemi.Args) kemi.Value { return s.closeConn(here(c)) }

func (s *state) closeOf(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.closeConn(flow.ConnID(a.Int(0)))
}

func (s *state) closeConn(id flow.ConnID) kemi.Value {
	set := s.set()
	return verdict(set != nil && set.CloseConnection(id))
}

func (s *state) setOut(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	c.Msg.Target.Conn = flow.ConnID(max(0, a.Int(0)))
	return kemi.Int(1)
}

func (s *state) setOutFlag(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	c.Msg.UseConn = a.Int(0) != 0
	return kemi.Int(1)
}
