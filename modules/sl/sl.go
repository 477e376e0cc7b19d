// Package sl answers requests without a transaction.
package sl

import (
	"strconv"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the sl module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "sl",
	Doc:  "Replies without a transaction, and replies that use the transaction where there is one.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.StrParam("default_reason", "Internal Server Error", func(s *state) *string { return &s.reason }, "reason of a reply that was given none"),
		kemi.IntParam("default_code", 500, func(s *state) *int { return &s.code }, "code of a reply that was given none"),
		kemi.IntParam("bind_tm", 1, func(s *state) *int { return &s.bindTM }, "send_reply answers through the transaction where there is one"),
		kemi.IntParam("rich_redirect", 0, func(s *state) *int { return &s.richRedirect }, "accepted; the Contacts of a 3xx carry the q value"),
		kemi.StrParam("event_callback_fl_ack", "", func(s *state) *string { return &s.filteredACK }, "function called for an ACK of a stateless reply"),
		kemi.StrParam("event_callback_lres_sent", "", func(s *state) *string { return &s.localSent }, "function called after a reply without a transaction was sent"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "sl_send_reply", Works: route.NotReplies, Args: "code int, reason str", Returns: kemi.Code, Call: (*state).stateless, Doc: "replies without a transaction"},
		{Name: "send_reply", Works: route.NotReplies, Args: "code int, reason str", Returns: kemi.Code, Call: (*state).send, Doc: "replies through the transaction if there is one, else without"},
		{Name: "send_reply_mode", Works: route.NotReplies, Args: "code int, reason str, mode int", Returns: kemi.Code, Call: (*state).send, Doc: "send_reply; mode 1 keeps the lumps of an earlier reply"},
		{Name: "sl_reply_error", Works: route.NotReplies, Returns: kemi.Code, Call: (*state).replyError, Doc: "replies with the error of the function that failed last"},
		{Name: "send_reply_error", Works: route.NotReplies, Returns: kemi.Code, Call: (*state).sendError, Doc: "sl_reply_error through the transaction if there is one"},
		{Name: "sl_forward_reply", Works: route.ReplyRoutes | route.OnSendRoute | route.EventRoute, Args: "code str, reason str", Returns: kemi.Code, Call: (*state).forwardReply, Doc: "relays the reply in hand with another code and reason; -1 for a request"},
	},
	Events: []kemi.Event{
		{Name: "sl:filtered-ack", Param: "event_callback_fl_ack", Doc: "an ACK of a stateless reply came, and ends here"},
		{Name: "sl:local-response", Param: "event_callback_lres_sent", Doc: "a reply without a transaction was sent"},
	},
	Vars: kemi.Vars[state]{
		{Name: "ltt", Named: true, Parse: parseTag, Get: getTag, Doc: "To tag of replies that are made here: $ltt(s) without a transaction, $ltt(t) by the transaction, $ltt(x) by the transaction if there is one"},
	},
	Stats: kemi.Stats[state]{
		{Group: "sl", Name: "sent_err_replies", Counter: true, Value: func(s *state) int64 { return s.errorReplies.Load() }, Doc: "replies of sl_reply_error and send_reply_error without a transaction"},
	},
	RPC: kemi.Commands[state]{{Name: "sl.stats", Run: (*state).stats, Doc: "stateless reply counters"}},
})

type state struct {
	reason, filteredACK, localSent string
	code, bindTM, richRedirect     int
	srv                            *kemi.Server
	errorReplies                   atomic.Int64 // replies of sl_reply_error without a transaction
}

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) error {
	s.srv = srv
	if s.filteredACK != "" {
		srv.Core.OnFilteredACK(func(m *route.Message) {
			srv.Raise(srv.Shards()[m.Shard], s.filteredACK, "sl:filtered-ack", m)
		})
	}
	return nil
}

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

func (s *state) stateless(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if !c.Msg.IsRequest {
		return yes // nothing is sent, but scripts get no error for it
	}
	return s.reply(c, a.Int(0), a.Str(1))
}

// reply answers without a transaction; neither an ACK (RFC 3261 17) nor a reply is ever answered.
func (s *state) reply(c *kemi.Ctx, code int, reason string) kemi.Value {
	if !answerable(c) {
		s.srv.Core.Stats.UnsentReplies.Add(1)
		return no
	}
	if err := s.srv.Core.ReplyStateless(c.Msg, code, reason); err != nil {
		c.Log(log.Err, "sl", "reply "+err.Error())
		return no
	}
	s.srv.Raise(c.Shard, s.localSent, "sl:local-response", c.Msg)
	return yes
}

// send prefers the transaction, so that retransmissions are absorbed.
func (s *state) send(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.answer(c, a.Int(0), a.Str(1))
}

func (s *state) answer(c *kemi.Ctx, code int, reason string) kemi.Value {
	if s.bindTM == 0 {
		return s.reply(c, code, reason)
	}
	if t := tm.Of(c.Msg); t != nil {
		return kemi.Int(t.Reply(c.Msg, code, reason))
	}
	return s.reply(c, code, reason)
}

func answerable(c *kemi.Ctx) bool { return c.Msg.IsRequest && !c.Msg.Method.Has(sip.MethodAck) }

// replyError answers with what the failed function left in Msg.Failure. A transaction that
// answers by itself after the route keeps that right: the peer gets one final reply.
func (s *state) replyError(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	code, reason := failure(c)
	if tm.WillAnswer(c.Msg) || !answerable(c) {
		return yes
	}
	sent := s.reply(c, code, reason)
	if sent == yes {
		s.errorReplies.Add(1)
	}
	return sent
}

func (s *state) sendError(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if s.bindTM == 0 || tm.Of(c.Msg) == nil {
		return s.replyError(c, a)
	}
	code, reason := failure(c)
	if tm.WillAnswer(c.Msg) || !answerable(c) {
		return yes
	}
	return s.answer(c, code, reason)
}

// failure is the reply that the function which failed last deserves.
func failure(c *kemi.Ctx) (code int, reason string) {
	if f := c.Msg.Failure; f.Code != 0 {
		return f.Code, f.Reason + " (" + f.Detail + "/SL)"
	}
	return 500, "I'm terribly sorry, server error occurred (1/SL)"
}

func (s *state) forwardReply(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	code, err := strconv.Atoi(a.Str(0))
	if c.Msg.IsRequest || err != nil || code < 100 || code > 699 {
		return no
	}
	if err := s.srv.Core.ForwardReplyAs(c.Msg, a.Str(0)+" "+a.Str(1)); err != nil {
		return no
	}
	return yes
}

// counted are the rows of sl.stats: the codes that are counted by themselves, then the
// rest of their class.
var counted = []struct {
	name string
	from int
	to   int
	less []int
}{
	{"200", 200, 200, nil}, {"202", 202, 202, nil}, {"2xx", 200, 299, []int{200, 202}},
	{"300", 300, 300, nil}, {"301", 301, 301, nil}, {"302", 302, 302, nil}, {"3xx", 300, 399, []int{300, 301, 302}},
	{"400", 400, 400, nil}, {"401", 401, 401, nil}, {"403", 403, 403, nil}, {"404", 404, 404, nil},
	{"407", 407, 407, nil}, {"408", 408, 408, nil}, {"483", 483, 483, nil},
	{"4xx", 400, 499, []int{400, 401, 403, 404, 407, 408, 483}},
	{"500", 500, 500, nil}, {"5xx", 500, 599, []int{500}},
	{"6xx", 600, 699, nil},
}

func (s *state) stats(c *rpc.Call) error {
	st, out := &s.srv.Core.Stats, c.AddStruct()
	for _, row := range counted {
		n := st.StatelessReplies(row.from, row.to)
		for _, code := range row.less {
			n -= st.StatelessReplies(code, code)
		}
		out.Add(row.name, n)
	}
	out.Add("xxx", st.StatelessReplies(0, 199)+st.StatelessReplies(700, 700))
	return nil
}
