// Package tm offers the transaction layer to scripts and operators: KSR.tm and the tm.* commands.
package tm

import (
	"sync/atomic"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the tm module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "tm",
	Doc:    "Transactions: relaying with state, forking, replies, failure and branch routes, requests of the server's own.",
	New:    newState,
	Params: params(),
	Funcs: append(kemi.Funcs[state]{
		{Name: "t_relay", Works: route.Answering, Returns: kemi.Code, Call: (*state).relay, Waits: true, Doc: "relays the request with a transaction"},
		{Name: "t_relay_to_flags", Works: route.Answering, Args: "flags int", Returns: kemi.Code, Call: (*state).relayFlags, Waits: true, Doc: "t_relay; flags: 1 no 100, 2 no reply on failure, 4 first address only"},
		{Name: "t_relay_to_proto", Works: route.Answering, Args: "proto str", Returns: kemi.Code, Call: (*state).relayProto, Waits: true, Doc: "t_relay over a fixed transport"},
		{Name: "t_relay_to_proto_addr", Works: route.Answering, Args: "proto str, host str, port int", Returns: kemi.Code, Call: (*state).relayProtoAddr, Waits: true, Doc: "t_relay to a fixed address and transport"},
		{Name: "t_relay_to_proxy", Works: route.Answering, Args: "proxy str", Returns: kemi.Code, Call: (*state).relayProxy, Waits: true, Doc: "t_relay to [proto:]host[:port]"},
		{Name: "t_relay_to_proxy_flags", Works: route.Answering, Args: "proxy str, flags int", Returns: kemi.Code, Call: (*state).relayProxyFlags, Waits: true, Doc: "t_relay_to_proxy with flags"},
		{Name: "t_relay_to", Works: route.Answering, Args: "proxy str, flags int", Returns: kemi.Code, Call: (*state).relayProxyFlags, Waits: true, Doc: "another name of t_relay_to_proxy_flags"},
		{Name: "t_relay_cancel", Works: route.Answering, Returns: kemi.Code, Call: (*state).relayCancel, Waits: true, Doc: "passes a CANCEL on if its INVITE is here: 0 done, 1 there is none"},
		{Name: "t_replicate", Works: route.Answering, Args: "uri str", Returns: kemi.Code, Call: (*state).replicate, Waits: true, Doc: "sends a copy to a URI; its replies go nowhere"},

		{Name: "t_newtran", Works: route.Answering, Returns: kemi.Code, Call: (*state).newtran, Doc: "makes a transaction: 1 made, 0 a retransmission, negative on failure"},
		{Name: "t_check_trans", Returns: kemi.Code, Call: (*state).checkTrans, Doc: "does the message belong to a transaction? 1 yes, 0 absorbed, -1 no"},
		{Name: "t_lookup_request", Returns: kemi.Code, Call: (*state).lookupRequest, Doc: "looks for the transaction without answering"},
		{Name: "t_exists", Returns: kemi.Code, Call: (*state).lookupRequest, Doc: "is there a transaction for the message?"},
		{Name: "t_lookup_cancel", Returns: kemi.Code, Call: (*state).lookupCancel, Doc: "is there an INVITE for the CANCEL in hand?"},
		{Name: "t_lookup_cancel_flags", Args: "flags int", Returns: kemi.Code, Call: (*state).lookupCancel, Doc: "t_lookup_cancel; flag 1 copies the INVITE's flags to the CANCEL"},
		{Name: "t_release", Returns: kemi.Code, Call: (*state).release, Doc: "lets go of a transaction that nothing more comes of"},
		{Name: "t_clean", Returns: kemi.Code, Call: (*state).clean, Doc: "removes leftover transactions; there are none here"},

		{Name: "t_reply", Works: route.Answering, Args: "code int, reason str", Returns: kemi.Code, Call: (*state).reply, Waits: true, Doc: "answers through the transaction"},
		{Name: "t_send_reply", Works: route.Answering, Args: "code int, reason str", Returns: kemi.Code, Call: (*state).sendReply, Waits: true, Doc: "t_reply that makes the transaction first if there is none"},
		{Name: "t_reply_error", Returns: kemi.Code, Call: (*state).replyError, Waits: true, Doc: "answers with the error of the function that failed last"},
		{Name: "t_retransmit_reply", Returns: kemi.Code, Call: (*state).retransmit, Doc: "sends the last reply again"},
		{Name: "t_is_retr_async_reply", Returns: kemi.Code, Call: (*state).isRepeatedSuspended, Doc: "is the reply in hand a repetition of one that is suspended?"},

		{Name: "t_on_failure", Arms: route.FailureRoute, Args: "route str", Returns: kemi.Code, Call: arm(tm.OnFailureRoute), Doc: "function for when all branches have failed"},
		{Name: "t_on_negative", Arms: route.FailureRoute, Args: "route str", Returns: kemi.Code, Call: arm(tm.OnFailureRoute), Doc: "older name of t_on_failure"},
		{Name: "t_on_branch", Arms: route.BranchRoute, Args: "route str", Returns: kemi.Code, Call: arm(tm.OnBranchRoute), Doc: "function for each branch before it is sent"},
		{Name: "t_on_reply", Arms: route.TMReplyRoute, Args: "route str", Returns: kemi.Code, Call: arm(tm.OnReplyRoute), Doc: "function for each reply"},
		{Name: "t_on_branch_failure", Arms: route.BranchFailureRoute, Args: "route str", Returns: kemi.Code, Call: arm(tm.OnBranchFailureRoute), Doc: "function for when one branch has failed"},
		{Name: "t_is_set", Args: "route str", Returns: kemi.Code, Call: (*state).isSet, Doc: "is a failure_route, branch_route or onreply_route armed?"},

		{Name: "t_check_status", Args: "re str", Returns: kemi.Code, Call: (*state).checkStatus, Doc: "does the reply code match a regular expression?"},
		{Name: "t_get_status_code", Returns: kemi.Code, Call: (*state).statusCode, Doc: "the reply code in hand, or -1"},
		{Name: "t_grep_status", Args: "code int", Returns: kemi.Code, Call: (*state).grepStatus, Doc: "did an earlier branch end with this code?"},
		{Name: "t_any_replied", Returns: kemi.Code, Call: (*state).anyReplied, Doc: "did any branch reply before?"},
		{Name: "t_any_timeout", Returns: kemi.Code, Call: (*state).anyTimeout, Doc: "did any branch time out?"},
		{Name: "t_branch_replied", Works: route.FailureRoute | route.BranchFailureRoute, Returns: kemi.Code, Call: (*state).branchReplied, Doc: "did the failed branch reply before?"},
		{Name: "t_branch_timeout", Works: route.FailureRoute | route.BranchFailureRoute, Returns: kemi.Code, Call: (*state).branchTimeout, Doc: "did the failed branch time out?"},
		{Name: "t_local_replied", Args: "which str", Returns: kemi.Code, Call: (*state).localReplied, Doc: "were all replies, or the last one, made here?"},
		{Name: "t_was_cancelled", Returns: kemi.Code, Call: (*state).isCanceled, Doc: "another name of t_is_canceled"},
		{Name: "t_is_canceled", Returns: kemi.Code, Call: (*state).isCanceled, Doc: "did the client cancel?"},
		{Name: "t_is_expired", Returns: kemi.Code, Call: (*state).isExpired, Doc: "did the transaction reach its maximum lifetime?"},
		{Name: "t_get_branch_index", Returns: kemi.Code, Call: (*state).branchIndex, Doc: "number of the branch in hand; in a failure route, of the next one"},

		{Name: "t_set_fr", Args: "fr_inv_timeout int, fr_timeout int", Returns: kemi.Code, Call: (*state).setFr, Doc: "timers of this transaction in ms; 0 leaves one alone"},
		{Name: "t_set_fr_inv", Args: "fr_inv_timeout int", Returns: kemi.Code, Call: (*state).setFrInv, Doc: "t_set_fr for fr_inv_timer only"},
		{Name: "t_reset_fr", Returns: kemi.Code, Call: (*state).resetFr, Doc: "back to fr_timer and fr_inv_timer"},
		{Name: "t_set_retr", Args: "t1 int, t2 int", Returns: kemi.Code, Call: (*state).setRetr, Doc: "retransmission intervals of this transaction in ms"},
		{Name: "t_reset_retr", Returns: kemi.Code, Call: (*state).resetRetr, Doc: "back to retr_timer1 and retr_timer2"},
		{Name: "t_set_max_lifetime", Args: "invite int, other int", Returns: kemi.Code, Call: (*state).setMaxLifetime, Doc: "lifetime of this transaction in ms"},
		{Name: "t_reset_max_lifetime", Returns: kemi.Code, Call: (*state).resetMaxLifetime, Doc: "back to max_inv_lifetime and max_noninv_lifetime"},
		{Name: "t_set_auto_inv_100", Args: "on int", Returns: kemi.Code, Call: (*state).setAuto100, Doc: "send 100 to the INVITE when it is relayed?"},
		{Name: "t_set_disable_6xx", Args: "on int", Returns: kemi.Code, Call: option(tm.No6xxBlock), Doc: "a 6xx does not end the other branches"},
		{Name: "t_set_disable_failover", Args: "on int", Returns: kemi.Code, Call: option(tm.NoFailover), Doc: "use the first address of a next hop only"},
		{Name: "t_set_disable_internal_reply", Args: "on int", Returns: kemi.Code, Call: option(tm.NoInternalReply), Doc: "send no replies that the script did not ask for"},
		{Name: "t_set_no_e2e_cancel_reason", Args: "on int", Returns: kemi.Code, Call: option(tm.NoCancelReason), Doc: "keep the Reason of a CANCEL here"},
		{Name: "t_set_no_auto_ack", Args: "on int", Returns: kemi.Code, Call: option(tm.NoAutoAck), Doc: "let the script acknowledge a local INVITE's answer"},

		{Name: "t_drop_replies", Works: route.FailureRoute | route.BranchFailureRoute, Args: "mode str", Returns: kemi.Code, Call: (*state).dropReplies, Doc: "replies that lose their vote: all, l(ast), n(one)"},
		{Name: "t_drop_replies_all", Works: route.FailureRoute | route.BranchFailureRoute, Returns: kemi.Code, Call: (*state).dropAllReplies, Doc: "all earlier replies lose their vote"},
		{Name: "t_save_lumps", Returns: kemi.Code, Call: (*state).saveLumps, Doc: "keeps the changes made so far for later branches"},
		{Name: "t_use_uac_headers", Returns: kemi.Code, Call: (*state).useSentHeaders, Doc: "the CANCEL takes its headers from the INVITE as sent even with reparse_invite=0"},

		{Name: "t_load_contacts", Works: route.Answering, Returns: kemi.Code, Call: (*state).loadContacts, Doc: "puts the branches aside, to be tried by q"},
		{Name: "ki_t_load_contacts_mode", Args: "mode int", Returns: kemi.Code, Call: (*state).loadContacts, Doc: "t_load_contacts; 1: to be tried one by one, 0: groups of the same q together"},
		{Name: "t_next_contacts", Returns: kemi.Code, Call: (*state).nextContacts, Doc: "takes the next group of contacts: 1, or -2 if none is left"},
		{Name: "t_next_contact_flow", Returns: kemi.Code, Call: (*state).nextFlow, Routes: route.AnyRoute, Doc: "takes the next flow of the failed contact"},

		{Name: "t_write_unix", Args: "socket str, info str", Returns: kemi.Code, Call: writer("t_write_unix", writeUnix), Waits: true, Doc: "hands the request to a program at a UNIX socket; info is action or action/append, by tw_append"},
		{Name: "t_write_req", Args: "fifo str, info str", Returns: kemi.Code, Call: writer("t_write_req", writeFIFO), Waits: true, Doc: "t_write_unix into a FIFO"},

		{Name: "t_uac_send", Args: "method str, ruri str, nexthop str, socket str, headers str, body str", Returns: kemi.Code, Call: (*state).uacSend, Waits: true, Doc: "sends a request of the server's own"},
	}, protoFuncs()...),
	RPC: commands(),
	Events: []kemi.Event{
		{Name: "tm:local-request", Param: "event_callback", Doc: "a request of the server's own is about to be sent"},
		{Name: "tm:local-response-sent", Param: "event_callback_lres_sent", Doc: "a reply made here was sent"},
		{Name: "tm:local-ack-sent", Param: "evcb_local_ack_sent", Doc: "an ACK made here was sent"},
		{Name: "on_sl_reply", Param: "on_sl_reply", Doc: "a reply that belongs to no transaction came in"},
	},
})

// state is the module in one server.
type state struct {
	srv      *kemi.Server
	values   tm.Values
	unused   int // parameters without a meaning here
	onSL     string
	appends  map[string]*appendSet // tw_append, by name
	patterns patternCache
	next     atomic.Uint32 // spreads requests of the server's own over the shards
}

func newState() *state { return &state{values: tm.DefaultValues()} }

// Start gives the parameters to the transaction layer.
func (s *state) Start(srv *kemi.Server) error {
	s.srv = srv
	srv.TM.Change(func(v *tm.Values) { *v = s.values })
	s.addEvents()
	s.addStrayEvent()
	return nil
}

// Results that many functions give.
var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)

	badMessage = kemi.Int(-400) // no transaction can be made of it
)

func verdict(b bool) kemi.Value {
	if b {
		return yes
	}
	return no
}
