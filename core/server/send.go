package server

import (
	"errors"
	"time"

	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/transport"
)

// refusalTime is how long a request waits for its connection: enough to hear of a refusal from a near network.
const refusalTime = 20 * time.Millisecond

// ErrBlocked says that every address of a next hop is on the blocklist.
var ErrBlocked = errors.New("server: next hop is on the blocklist")

// Blocklist holds the destinations that are left out for a while.
func (s *Server) Blocklist() *blocklist.List { return s.blocklist }

// Send sends one message. It does not keep data and never waits for the peer. Fail, if given,
// is called later, from any goroutine, if the message could not be delivered after all.
func (s *Server) Send(f flow.Flow, data []byte, mode route.SendMode, fail func(error)) error {
	return s.sendBy(f, data, mode, transport.SendOptions{Failed: fail})
}

func (s *Server) sendBy(f flow.Flow, data []byte, mode route.SendMode, o transport.SendOptions) error {
	if s.blocklist.On() && (f.Proto.Reliable() || o.More) {
		o.Failed = s.noting(f, mode, o.Failed)
	}
	o.NoConnect, o.Close, o.FromLocal = mode&route.NoConnect != 0, mode&route.CloseAfter != 0, mode&route.FromSocket != 0
	err := s.sender.SendWith(f, data, o)
	if err != nil {
		s.blocklist.Note(f, blocklist.Send, blocklist.Reason(mode.Ignored()), 0)
		return err
	}
	s.taps.sent(f, data)
	return nil
}

// noting puts a peer that cannot be reached on the blocklist before fail hears of it.
func (s *Server) noting(f flow.Flow, mode route.SendMode, fail func(error)) func(error) {
	return func(err error) {
		s.blocklist.Note(f, blocklist.Send|blocklist.Connect, blocklist.Reason(mode.Ignored()), 0)
		if fail != nil {
			fail(err)
		}
	}
}

// sendIn is Send inside a shard. While that is behind, datagrams leave together.
func (s *Server) sendIn(sh *shard.Shard, f flow.Flow, data []byte, mode route.SendMode, fail func(error)) error {
	more := sh.Gathers()
	err := s.sendBy(f, data, mode, transport.SendOptions{Failed: fail, More: more})
	if more && !sh.Gathers() { // it ended meanwhile
		sh.Flush()
	}
	return err
}

// sendRequest is Send inside a shard, for a request: if a connection has to be opened for it, it lets go of
// the shard for a moment to hear of a refusal. Where as many jobs wait as may, it does not: the other calls never wait
// for that, and fail hears of a refusal.
func (s *Server) sendRequest(sh *shard.Shard, f flow.Flow, data []byte, mode route.SendMode, fail func(error)) error {
	if !f.Proto.Reliable() {
		return s.sendIn(sh, f, data, mode, fail)
	}
	var o transport.Opening
	if err := s.sendBy(f, data, mode, transport.SendOptions{Failed: fail, Opening: &o}); err != nil {
		return err
	}
	if o.Pending() && !sh.Crowded() {
		sh.Wait(func() { s.awaitConnection(&o) })
	}
	return o.Err()
}

func (s *Server) awaitConnection(o *transport.Opening) {
	t := time.NewTimer(s.opt.ConnectWait)
	defer t.Stop()
	select {
	case <-o.Done():
	case <-t.C:
	case <-s.stop:
	}
}

// senderOf gives sending to the transactions of a shard.
type senderOf struct {
	s  *Server
	sh *shard.Shard
}

// Send implements tm.Sender.
func (x senderOf) Send(f flow.Flow, data []byte, mode route.SendMode, fail func(error)) error {
	return x.s.sendIn(x.sh, f, data, mode, fail)
}

// SendRequest implements tm.Sender.
func (x senderOf) SendRequest(f flow.Flow, data []byte, mode route.SendMode, fail func(error)) error {
	return x.s.sendRequest(x.sh, f, data, mode, fail)
}
