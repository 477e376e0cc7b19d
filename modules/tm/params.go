package tm

import (
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// number is a parameter that the transaction layer reads.
type number struct {
	name  string
	field func(*tm.Values) *int
	doc   string
}

// numbers are the numeric parameters; their defaults are the transaction layer's.
var numbers = []number{
	{"reply_matching", func(v *tm.Values) *int { return &v.ReplyMatching }, "bit 1: a reply that comes after its transaction has ended passes without state; 0: it still belongs to it"},
	{"ruri_matching", func(v *tm.Values) *int { return &v.RURIMatching }, "peers older than RFC 3261: compare request URIs"},
	{"via1_matching", func(v *tm.Values) *int { return &v.Via1Matching }, "peers older than RFC 3261: compare top Vias"},
	{"callid_matching", func(v *tm.Values) *int { return &v.CallIDMatching }, "accepted: the Call-ID is always part of the match"},
	{"callid_cseq_matching", func(v *tm.Values) *int { return &v.CallIDCSeqMatching }, "replies must have the request's Call-ID and CSeq"},
	{"fr_timer", func(v *tm.Values) *int { return &v.FrTimer }, "ms to wait for any reply, or for an ACK"},
	{"fr_inv_timer", func(v *tm.Values) *int { return &v.FrInvTimer }, "ms to wait for a final reply after a provisional one"},
	{"wt_timer", func(v *tm.Values) *int { return &v.WtTimer }, "ms that a finished transaction absorbs repetitions"},
	{"retr_timer1", func(v *tm.Values) *int { return &v.RetrTimer1 }, "ms to the first retransmission (T1)"},
	{"retr_timer2", func(v *tm.Values) *int { return &v.RetrTimer2 }, "longest ms between retransmissions (T2)"},
	{"T1_timer", func(v *tm.Values) *int { return &v.RetrTimer1 }, "older name of retr_timer1"},
	{"T2_timer", func(v *tm.Values) *int { return &v.RetrTimer2 }, "older name of retr_timer2"},
	{"max_inv_lifetime", func(v *tm.Values) *int { return &v.MaxInvLifetime }, "ms by which an INVITE transaction ends"},
	{"max_noninv_lifetime", func(v *tm.Values) *int { return &v.MaxNonInvLifetime }, "ms by which any other transaction ends"},
	{"noisy_ctimer", func(v *tm.Values) *int { return &v.NoisyCTimer }, "0: an INVITE with one branch and no failure route, for which nothing at all has come, ends without a reply"},
	{"auto_inv_100", func(v *tm.Values) *int { return &v.AutoInv100 }, "answer 100 to a relayed INVITE at once"},
	{"restart_fr_on_each_reply", func(v *tm.Values) *int { return &v.RestartFrOnEachReply }, "every provisional reply starts fr_inv_timer anew"},
	{"pass_provisional_replies", func(v *tm.Values) *int { return &v.PassProvisional }, "callbacks of local requests see provisional replies"},
	{"aggregate_challenges", func(v *tm.Values) *int { return &v.AggregateChallenges }, "join the challenges of all branches"},
	{"unmatched_cancel", func(v *tm.Values) *int { return &v.UnmatchedCancel }, "CANCEL without INVITE: 0 relay with state, 1 without, 2 drop"},
	{"default_code", func(v *tm.Values) *int { return &v.DefaultCode }, "code of a reply that was given none"},
	{"reparse_invite", func(v *tm.Values) *int { return &v.ReparseInvite }, "CANCEL and ACK take their headers from the INVITE as sent, else as received"},
	{"cancel_b_method", func(v *tm.Values) *int { return &v.CancelBMethod }, "cancelling a branch without a reply: 0 pretend 487, 1 wait, 2 send CANCEL"},
	{"disable_6xx_block", func(v *tm.Values) *int { return &v.Disable6xxBlock }, "a 6xx does not end the other branches"},
	{"local_ack_mode", func(v *tm.Values) *int { return &v.LocalAckMode }, "where ACKs of our own go: 0 RFC 3261, 1 the INVITE's next hop, 2 the reply's source"},
	{"local_ack_branch_mode", func(v *tm.Values) *int { return &v.LocalAckBranch }, "branch parameter of such an ACK: 0 the INVITE's, 1 its own"},
	{"blst_503", func(v *tm.Values) *int { return &v.Blocklist503 }, "with use_dst_blocklist: a destination that answers 503 is left out for a while"},
	{"blst_503_def_timeout", func(v *tm.Values) *int { return &v.BlocklistDefault }, "seconds for a 503 without Retry-After"},
	{"blst_503_min_timeout", func(v *tm.Values) *int { return &v.BlocklistMin }, "least seconds"},
	{"blst_503_max_timeout", func(v *tm.Values) *int { return &v.BlocklistMax }, "most seconds"},
	{"blst_methods_add", func(v *tm.Values) *int { return &v.BlocklistAdd }, "bit mask of the methods for which a destination without any reply is left out for dst_blocklist_expire"},
	{"blst_methods_lookup", func(v *tm.Values) *int { return &v.BlocklistLookup }, "bit mask of the methods that the list is asked for"},
	{"failure_reply_mode", func(v *tm.Values) *int { return &v.FailureReplyMode }, "replies dropped after a failure route: 0 none, 1 all, 2 the last round's, 3 all if new branches were opened"},
	{"faked_reply_prio", func(v *tm.Values) *int { return &v.FakedReplyPrio }, "added to the priority of replies made here when the best is chosen"},
	{"remap_503_500", func(v *tm.Values) *int { return &v.Remap503 }, "a 503 leaves as 500"},
	{"failure_exec_mode", func(v *tm.Values) *int { return &v.FailureExecMode }, "run the failure route when no branch could be sent"},
	{"dns_reuse_rcv_socket", func(v *tm.Values) *int { return &v.DNSReuseRcvSocket }, "further addresses of a next hop are sent to from the receiving socket, else from the first socket that fits"},
	{"local_cancel_reason", func(v *tm.Values) *int { return &v.LocalCancelReason }, "CANCELs of our own carry a Reason"},
	{"e2e_cancel_reason", func(v *tm.Values) *int { return &v.E2ECancelReason }, "the Reason of a received CANCEL is passed on"},
	{"e2e_cancel_hop_by_hop", func(v *tm.Values) *int { return &v.E2ECancelHopByHop }, "1: CANCELs are made from their INVITE, 0: the received one is passed on"},
	{"relay_100", func(v *tm.Values) *int { return &v.Relay100 }, "relay 100 replies"},
	{"rich_redirect", func(v *tm.Values) *int { return &v.RichRedirect }, "bit 1: the Contacts of a 3xx made of branches carry their branch flags; they always carry q"},
	{"reply_relay_mode", func(v *tm.Values) *int { return &v.ReplyRelayMode }, "a 2xx that was suspended while another final reply was sent: 1 passes, 0 becomes the transaction's reply"},
	{"enable_uac_fr", func(v *tm.Values) *int { return &v.EnableUACFr }, "failure routes that the local-request event arms run for requests of the server's own"},
	{"reply_408_code", func(v *tm.Values) *int { return &v.Reply408Code }, "code of the reply for a timeout"},
	{"unix_tx_timeout", func(v *tm.Values) *int { return &v.UnixTxTimeout }, "ms that t_write_unix and t_write_req may take"},
	{"headers_mode", func(v *tm.Values) *int { return &v.HeadersMode }, "bit 1: a CANCEL takes over the headers of the received one; bit 2: a stray CANCEL passed on without state has our Via alone"},
	{"evlreq_mode", func(v *tm.Values) *int { return &v.EventMode }, "event_callback also for requests of this hop: bit 1 CANCEL, bit 2 ACK"},
	{"exec_time_check", func(v *tm.Values) *int { return &v.ExecTimeCheck }, "ms after which a failure route is worth a warning; 0: never"},
	{"reparse_on_dns_failover", func(v *tm.Values) *int { return &v.ReparseOnFailover }, "1: the next address gets what the failed branch sent; 0: the request without the changes of its branch route"},
	{"onreply_avp_mode", func(v *tm.Values) *int { return &v.OnReplyAVPMode }, "1: reply routes see the transaction's AVPs; 0: AVPs of the reply alone, which end with the route"},
	{"enable_stats", func(v *tm.Values) *int { return &v.EnableStats }, "0: the statistics stay at 0"},
	{"delayed_reply", func(v *tm.Values) *int { return &v.DelayedReply }, "the reply for a failed t_relay waits for the script's end"},
}

// text is a textual parameter of the transaction layer.
type text struct {
	name  string
	field func(*tm.Values) *string
	doc   string
}

var texts = []text{
	{"auto_inv_100_reason", func(v *tm.Values) *string { return &v.AutoInv100Reason }, "reason of the automatic 100"},
	{"default_reason", func(v *tm.Values) *string { return &v.DefaultReason }, "reason of a reply that was given none"},
	{"fr_timer_avp", func(v *tm.Values) *string { return &v.FrTimerAVP }, "AVP that holds fr_timer in seconds"},
	{"fr_inv_timer_avp", func(v *tm.Values) *string { return &v.FrInvTimerAVP }, "AVP that holds fr_inv_timer in seconds"},
	{"ac_extra_hdrs", func(v *tm.Values) *string { return &v.ExtraHeaders }, "prefix of further headers that CANCEL and ACK take over"},
	{"contacts_avp", func(v *tm.Values) *string { return &v.ContactsAVP }, "AVP that keeps the contacts of t_load_contacts"},
	{"xavp_contact", func(v *tm.Values) *string { return &v.XAVPContact }, "XAVP of which each contact keeps its own through t_load_contacts and t_next_contacts"},
	{"contact_flows_avp", func(v *tm.Values) *string { return &v.ContactFlowsAVP }, "AVP that keeps spare flows of contacts"},
	{"event_callback", func(v *tm.Values) *string { return (*string)(&v.LocalRequestEvent) }, "function for tm:local-request"},
	{"event_callback_lres_sent", func(v *tm.Values) *string { return (*string)(&v.LocalReplyEvent) }, "function for tm:local-response-sent"},
	{"evcb_local_ack_sent", func(v *tm.Values) *string { return (*string)(&v.LocalAckEvent) }, "function for tm:local-ack-sent"},
	{"failover_reply_codes", func(v *tm.Values) *string { return &v.FailoverReplyCodes }, "codes that try the next address: code=404;class=5"},
	{"reply_408_reason", func(v *tm.Values) *string { return &v.Reply408Reason }, "reason of the reply for a timeout"},
}

// unusedNumbers are parameters that cfg files may hold and that mean nothing here, with the incumbent's defaults.
var unusedNumbers = []struct {
	name string
	def  int
	why  string
}{
	{"delete_timer", 200, "transactions go at once"},
	{"syn_branch", 1, "older parameter"},
	{"hash_size", 0, "tables grow as needed"},
	{"cluster_param", 0, "older parameter"},
}

func params() kemi.Params[state] {
	defaults := tm.DefaultValues()
	var list kemi.Params[state]
	for _, p := range numbers {
		list = append(list, kemi.IntParam(p.name, *p.field(&defaults), func(s *state) *int { return p.field(&s.values) }, p.doc))
	}
	for _, p := range texts {
		list = append(list, kemi.StrParam(p.name, *p.field(&defaults), func(s *state) *string { return p.field(&s.values) }, p.doc))
	}
	for _, p := range unusedNumbers {
		list = append(list, kemi.IntParam(p.name, p.def, func(s *state) *int { return &s.unused }, "accepted: "+p.why))
	}
	return append(list,
		kemi.StrParam("on_sl_reply", "", func(s *state) *string { return &s.onSL }, "function for replies that belong to no transaction"),
		kemi.FuncParam("tw_append", kemi.KindStr, "", (*state).addAppend, "what t_write_unix and t_write_req write besides the usual parts; may be given several times"),
	)
}
