// Package tmx extends the transaction functions: cancelling and answering other calls,
// suspended transactions, tests of the route, and the $T variables.
package tmx

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the tmx module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "tmx",
	Doc:  "Extensions of tm: other calls' transactions, suspend and continue, route tests, the $T variables and the statistics.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.IntParam("precheck_trans", 1, func(s *state) *int { return &s.precheck }, "accepted: the messages of a call never run at the same time"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "t_precheck_trans", Returns: kemi.Code, Call: (*state).precheckTrans, Doc: "is the same request in hand elsewhere at this moment? -1 no, -2 not for this message"},
		{Name: "t_cancel_branches", Args: "which str", Returns: kemi.Code, Call: (*state).cancelBranches, Doc: "in a reply route: cancels all, others or this branch"},
		{Name: "t_cancel_callid", Args: "callid str, cseq str, flag int", Returns: kemi.Code, Call: (*state).cancelCallID, Waits: true, Doc: "cancels the INVITE of another call"},
		{Name: "t_cancel_callid_reason", Args: "callid str, cseq str, flag int, code int", Returns: kemi.Code, Call: (*state).cancelCallIDReason, Waits: true, Doc: "t_cancel_callid with a Reason code"},
		{Name: "t_reply_callid", Args: "callid str, cseq str, code int, reason str", Returns: kemi.Code, Call: (*state).replyCallID, Waits: true, Doc: "answers the request of another call"},
		{Name: "t_suspend", Returns: kemi.Code, Call: (*state).suspend, Doc: "parks the transaction until t_continue"},
		{Name: "t_continue", Arms: route.AnyRoute, Args: "index int, label int, route str", Returns: kemi.Code, Call: (*state).continueTransaction, Waits: true, Doc: "goes on with a parked transaction in a function"},
		{Name: "t_drop", Returns: kemi.Code, Call: (*state).drop, Doc: "ends the transaction without a reply"},
		{Name: "t_drop_rcode", Args: "code int", Returns: kemi.Code, Call: (*state).drop, Doc: "t_drop that notes a reply code"},
		{Name: "t_flush_flags", Returns: kemi.Code, Call: (*state).flushFlags, Doc: "gives the message's flags to the transaction"},
		{Name: "t_flush_xflags", Returns: kemi.Code, Call: (*state).flushXFlags, Doc: "gives the message's extended flags to the transaction"},
		{Name: "t_is_request_route", Returns: kemi.Code, Call: in(route.RequestRoute), Doc: "does the request route run?"},
		{Name: "t_is_reply_route", Returns: kemi.Code, Call: in(route.ReplyRoutes), Doc: "does a reply route run?"},
		{Name: "t_is_failure_route", Returns: kemi.Code, Call: in(route.FailureRoute), Doc: "does a failure route run?"},
		{Name: "t_is_branch_route", Returns: kemi.Code, Call: in(route.BranchRoute), Doc: "does a branch route run?"},
		{Name: "t_reuse_branch", Returns: kemi.Code, Call: (*state).reuseBranch, Doc: "in a branch failure route: the same target once more"},
		{Name: "t_uac_ack_local", Args: "callid str, cseq str, headers str, body str", Returns: kemi.Code, Call: (*state).ackLocal, Waits: true, Doc: "sends the ACK for the answer to a local INVITE"},
	},
	Vars: kemi.Vars[state]{
		{Name: "T", Named: true, Get: (*state).about, Parse: parseAbout, Doc: "id_index, id_label, reply_code, reply_reason, reply_last, reply_type, branch_index, ruid"},
		{Name: "T_branch_idx", Get: plain(branchIndex), Doc: "number of the branch in hand"},
		{Name: "T_reply_code", Get: plain(replyCode), Doc: "reply code in hand"},
		{Name: "T_reply_reason", Get: plain(replyReason), Doc: "its reason"},
		{Name: "T_reply_last", Get: plain(replyLast), Doc: "in a reply route: the code of the branch's last reply"},
		{Name: "T_reply_ruid", Get: plain(replyRUID), Doc: "id of the location record that the branch came from"},
		{Name: "T_branch", Named: true, Get: (*state).branch, Parse: parseBranch, Doc: "in a reply route: uri or flags of the branch"},
		{Name: "T_req", Named: true, Get: (*state).request, Parse: parseInner, Doc: "in a reply route: a variable of the request"},
		{Name: "T_rpl", Named: true, Get: (*state).reply, Parse: parseInner, Doc: "in a failure route: a variable of the chosen reply"},
		{Name: "T_inv", Named: true, Get: (*state).invite, Parse: parseInner, Doc: "for a CANCEL: a variable of its INVITE"},
	},
	Stats: stats(),
})

// state is the module in one server.
type state struct {
	srv      *kemi.Server
	precheck int
}

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) error { s.srv = srv; return nil }

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

func verdict(b bool) kemi.Value {
	if b {
		return yes
	}
	return no
}

// stats are the statistics of the group tmx.
func stats() kemi.Stats[state] {
	rows := []struct {
		name, doc string
		value     func(*tm.Stats) int64
	}{
		{"UAS_transactions", "transactions for received requests", func(x *tm.Stats) int64 { return int64(x.Created.Load() - x.Local.Load()) }},
		{"UAC_transactions", "transactions for requests of the server's own", func(x *tm.Stats) int64 { return int64(x.Local.Load()) }},
		{"2xx_transactions", "transactions answered 2xx", func(x *tm.Stats) int64 { return int64(x.Completed[0].Load()) }},
		{"3xx_transactions", "transactions answered 3xx", func(x *tm.Stats) int64 { return int64(x.Completed[1].Load()) }},
		{"4xx_transactions", "transactions answered 4xx", func(x *tm.Stats) int64 { return int64(x.Completed[2].Load()) }},
		{"5xx_transactions", "transactions answered 5xx", func(x *tm.Stats) int64 { return int64(x.Completed[3].Load()) }},
		{"6xx_transactions", "transactions answered 6xx", func(x *tm.Stats) int64 { return int64(x.Completed[4].Load()) }},
		{"inuse_transactions", "transactions in memory", func(x *tm.Stats) int64 { return x.Current.Load() }},
		{"active_transactions", "transactions that are not finished", func(x *tm.Stats) int64 { return x.Current.Load() - x.Waiting.Load() }},
		{"rpl_received", "replies received", func(x *tm.Stats) int64 { return int64(x.RplReceived.Load()) }},
		{"rpl_absorbed", "replies received and not relayed", func(x *tm.Stats) int64 { return int64(x.RplReceived.Load() - x.RplRelayed.Load()) }},
		{"rpl_generated", "replies made here", func(x *tm.Stats) int64 { return int64(x.RplGenerated.Load()) }},
		{"rpl_relayed", "replies relayed", func(x *tm.Stats) int64 { return int64(x.RplRelayed.Load()) }},
		{"rpl_sent", "replies sent", func(x *tm.Stats) int64 { return int64(x.RplSent.Load()) }},
	}
	var list kemi.Stats[state]
	for _, r := range rows {
		list = append(list, kemi.Stat[state]{
			Group: "tmx", Name: r.name, Doc: r.doc, Value: func(s *state) int64 { return s.count(r.value) },
		})
	}
	return list
}

// count is a statistic, or 0 with enable_stats=0 of tm.
func (s *state) count(value func(*tm.Stats) int64) int64 {
	if s.srv.TM.Get().EnableStats == 0 {
		return 0
	}
	return value(s.srv.Core.TMStats())
}
