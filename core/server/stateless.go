package server

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/transport"
)

// draft is a message while it is built; the transports do not keep it.
type draft struct {
	data []byte
	out  route.Outgoing
}

var drafts = sync.Pool{New: func() any { return &draft{data: make([]byte, 0, 4096)} }}

// maxKeptBuffer is the largest buffer that is used again.
const maxKeptBuffer = 64 << 10

func withDraft(o route.Outgoing, f func(*draft)) {
	d := drafts.Get().(*draft)
	d.data, d.out = d.data[:0], o
	f(d)
	d.out = route.Outgoing{}
	if cap(d.data) <= maxKeptBuffer {
		drafts.Put(d)
	}
}

// tagRoom is enough for any statelessTag.
const tagRoom = 64

// statelessTag appends the To tag of a stateless reply: the same for each copy of a request,
// and known again in the ACK (RFC 3261 8.2.7).
func (s *Server) statelessTag(dst []byte, m *route.Message) []byte {
	branch := ""
	if via, err := m.TopVia(); err == nil {
		branch = via.Branch
	}
	// Always of eight digits: the system sends replies of equal length to one peer as one.
	return strconv.AppendUint(append(dst, s.secret.tagBase...), s.secret.sum(m.CallID(), branch)&0xffffffff|1<<31, 16)
}

// StatelessTag is the To tag that stateless replies to a request carry, for records of such a request.
func (s *Server) StatelessTag(m *route.Message) string {
	var room [tagRoom]byte
	return string(s.statelessTag(room[:0], m))
}

// ownStatelessACK tells whether an ACK belongs to a stateless reply of ours; it ends here (RFC 3261 17.2.1).
func (s *Server) ownStatelessACK(m *route.Message) bool {
	to, err := m.To()
	if err != nil || !strings.HasPrefix(to.Tag, s.secret.tagBase) {
		return false
	}
	var room [tagRoom]byte
	return to.Tag == string(s.statelessTag(room[:0], m))
}

// ReplyStateless answers a request without a transaction. It must not be used for an ACK.
func (s *Server) ReplyStateless(m *route.Message, code int, reason string) error {
	return s.replyStateless(m, code, reason, nil)
}

func (s *Server) replyStateless(m *route.Message, code int, reason string, by transport.Answers) error {
	r := route.LocalReply{
		Code: code, Reason: reason, ToTag: s.StatelessTag(m), ServerHeader: s.opt.ServerHeader,
	}
	if code >= 300 && code < 400 {
		r.Headers = route.RedirectContacts(m)
	}
	m.Handled = true
	var err error
	withDraft(route.Outgoing{}, func(d *draft) {
		d.data = route.AppendLocalReply(d.data, m, &r)
		err = s.answer(m, d.data, by)
	})
	if err != nil {
		s.Stats.UnsentReplies.Add(1)
		return err
	}
	s.Stats.count(code)
	return nil
}

// answer sends a reply, by what came with the request if that suits.
func (s *Server) answer(m *route.Message, data []byte, by transport.Answers) error {
	to := route.ReplyFlow(m)
	if by == nil || to.Proto != flow.UDP || to.Local != m.Flow.Local {
		return s.Send(to, data, m.Reply, nil)
	}
	by.Answer(data, to.Remote)
	s.taps.sent(to, data)
	return nil
}

// ErrNoTarget says that a message has nowhere to go.
var ErrNoTarget = errors.New("server: no next hop")

// ForwardTo relays a request without a transaction to a way out (RFC 3261 16.11). The
// branch is the same for each copy of the request. It may let go of the shard for a connection.
func (s *Server) ForwardTo(sh *shard.Shard, m *route.Message, to flow.Flow) error {
	if s.blocklist.Listed(to) != 0 {
		return ErrBlocked
	}
	if _, err := m.From(); err != nil {
		return fmt.Errorf("server: From: %w", err) // reasonable syntax comes first (RFC 3261 16.3)
	}
	m.KeepForwarded()
	o := route.Outgoing{Flow: to, URI: m.Target.URI, Path: m.Path, Branch: s.statelessBranch(m)}
	m.Handled = true
	var err error
	withDraft(o, func(d *draft) {
		d.data = route.AppendRequest(d.data, m, &d.out)
		if wider, ok := s.Wider(to, len(d.data)); ok {
			d.out.Via, to = wider, wider
			d.data = route.AppendRequest(d.data[:0], m, &d.out)
		}
		s.onSend(m, d)
		err = s.sendRequest(sh, to, d.data, m.ForwardMode(), nil)
	})
	if err == nil {
		s.Stats.ForwardedRequests.Add(1)
		m.Forwarded(&o)
	}
	return err
}

// onSend runs the script's onsend route for a message that is about to leave.
func (s *Server) onSend(m *route.Message, d *draft) {
	if s.script.Has(route.OnSendRoute) {
		s.script.Run(&route.Call{Kind: route.OnSendRoute, Message: m, Branch: -1, Out: &d.out, Data: d.data})
	}
}

func (s *Server) statelessBranch(m *route.Message) string {
	var branch, host, method string
	if via, err := m.TopVia(); err == nil {
		branch, host = via.Branch, via.Host
	}
	if m.Method.Has(sip.MethodInvite | sip.MethodAck | sip.MethodCancel) {
		method = "INVITE" // the hop-by-hop ACK and the CANCEL share the INVITE's branch
	}
	room := [32]byte{}
	b := append(room[:0], "z9hG4bKsl"...)
	return string(strconv.AppendUint(b, s.secret.sum(branch, host, m.CallID(), method), 16))
}

// ForwardReply relays a reply that belongs to no transaction, to the Via below ours (RFC 3261 16.11).
func (s *Server) ForwardReply(m *route.Message) error { return s.ForwardReplyAs(m, "") }

// ForwardReplyAs is ForwardReply with another code and reason ("404 Not Here").
func (s *Server) ForwardReplyAs(m *route.Message, status string) error {
	via, err := m.SecondVia()
	if err != nil {
		return ErrNoTarget
	}
	to, ok := route.ViaFlow(via, nil)
	if !ok {
		return ErrNoTarget
	}
	to.Local = s.socketFor(to.Proto, m.Flow.Local, to.Remote)
	if m.Socket != nil && m.Socket.Proto == to.Proto {
		to.Local = m.Socket // the script's choice
	}
	if to.Proto.Reliable() {
		to.Conn = s.connOf(m, to.Remote.Addr())
	}
	withDraft(route.Outgoing{Flow: to, Status: status}, func(d *draft) {
		d.data = route.AppendReply(d.data, m, &d.out)
		s.onSend(m, d)
		err = s.Send(to, d.data, m.Reply, nil)
	})
	if err == nil {
		s.Stats.ForwardedReplies.Add(1)
	}
	return err
}

// connOf is the connection that the request came over, as our own Via notes it; 0 if that has ended or is not the peer's.
// What the client's Via says of it counts for nothing: it could name the connection of somebody else.
func (s *Server) connOf(reply *route.Message, peer netip.Addr) flow.ConnID {
	own, err := reply.TopVia()
	if err != nil {
		return 0
	}
	id, found := own.Param("i")
	if !found {
		return 0
	}
	n, err := strconv.ParseUint(id, 16, 64)
	if err != nil {
		return 0
	}
	if s.set == nil {
		return flow.ConnID(n)
	}
	if f, ok := s.set.FlowOf(flow.ConnID(n)); !ok || f.Remote.Addr() != peer.Unmap() {
		return 0
	}
	return flow.ConnID(n)
}
