package tm

import (
	"sync"
	"sync/atomic"
	"time"
)

// Values are the parameters of the transaction layer, by the incumbent's names. Times are in milliseconds.
type Values struct {
	ReplyMatching      int // reply_matching: bit 1: a reply to a finished transaction passes without state
	RURIMatching       int // ruri_matching: compare request URIs of pre-RFC 3261 peers
	Via1Matching       int // via1_matching: compare top Vias of pre-RFC 3261 peers
	CallIDMatching     int // callid_matching: compare Call-IDs also for RFC 3261 peers
	CallIDCSeqMatching int // callid_cseq_matching: check Call-ID and CSeq of replies

	FrTimer           int // fr_timer: no reply at all, or no ACK
	FrInvTimer        int // fr_inv_timer: no final reply after a provisional one
	WtTimer           int // wt_timer: how long a finished transaction absorbs repetitions
	RetrTimer1        int // retr_timer1: first retransmission interval (T1)
	RetrTimer2        int // retr_timer2: longest interval (T2)
	MaxInvLifetime    int // max_inv_lifetime: an INVITE transaction ends by then
	MaxNonInvLifetime int // max_noninv_lifetime: any other one does

	NoisyCTimer          int    // noisy_ctimer: 0: no answer for an INVITE that nothing at all came back for
	AutoInv100           int    // auto_inv_100: answer 100 to a relayed INVITE at once
	AutoInv100Reason     string // auto_inv_100_reason
	RestartFrOnEachReply int    // restart_fr_on_each_reply: every provisional starts fr_inv_timer anew
	PassProvisional      int    // pass_provisional_replies: callbacks of local requests see provisional replies
	AggregateChallenges  int    // aggregate_challenges: join the challenges of all branches
	UnmatchedCancel      int    // unmatched_cancel: 0 stateful, 1 stateless, 2 drop
	DefaultCode          int    // default_code of t_reply
	DefaultReason        string // default_reason
	ReparseInvite        int    // reparse_invite: CANCEL and ACK take their headers from the INVITE as sent
	ExtraHeaders         string // ac_extra_hdrs: prefix of headers that CANCEL and ACK take over too
	CancelBMethod        int    // cancel_b_method: a branch without a reply: 0 fake 487, 1 wait, 2 send CANCEL
	Disable6xxBlock      int    // disable_6xx_block: a 6xx does not end the other branches
	LocalAckMode         int    // local_ack_mode: 0 by RFC 3261, 1 to the INVITE's next hop, 2 to the reply's source
	LocalAckBranch       int    // local_ack_branch_mode: 0 the ACK to a 2xx has the INVITE's branch parameter, 1 its own
	FailureReplyMode     int    // failure_reply_mode: which earlier replies a failure route drops
	FakedReplyPrio       int    // faked_reply_prio: added to the priority of replies made here
	Remap503             int    // remap_503_500: a 503 leaves as 500
	FailureExecMode      int    // failure_exec_mode: run the failure route for branches that could not be sent
	LocalCancelReason    int    // local_cancel_reason: CANCELs of our own say why
	E2ECancelReason      int    // e2e_cancel_reason: a CANCEL's Reason is taken over
	E2ECancelHopByHop    int    // e2e_cancel_hop_by_hop: build CANCEL here, else pass on the received one
	Relay100             int    // relay_100: pass on 100 replies
	RichRedirect         int    // rich_redirect: bit 1: branch flags in a 3xx made of branches; q values are always there
	ReplyRelayMode       int    // reply_relay_mode: 0: a 2xx that was suspended becomes the transaction's reply though another one came first
	HeadersMode          int    // headers_mode: bit 1: a CANCEL takes over headers of the one that came in; bit 2: a stray one leaves with our Via alone
	EventMode            int    // evlreq_mode: bit 1: event_callback for CANCELs of this hop, bit 2: for its ACKs
	ExecTimeCheck        int    // exec_time_check: a failure route that takes longer is worth a warning
	ReparseOnFailover    int    // reparse_on_dns_failover: the next address gets the bytes of the failed branch, else the request as it came
	OnReplyAVPMode       int    // onreply_avp_mode: 0: AVPs of a reply route are the reply's own
	EnableStats          int    // enable_stats: 0: the statistics stay at 0
	FailoverReplyCodes   string // failover_reply_codes: codes that try the next address of a next hop
	Reply408Code         int    // reply_408_code
	Reply408Reason       string // reply_408_reason
	DelayedReply         int    // delayed_reply: the answer for a failed t_relay waits for the script's end
	DNSReuseRcvSocket    int    // dns_reuse_rcv_socket: failover sends from the receiving socket, else from the first that fits
	UnixTxTimeout        int    // unix_tx_timeout: of t_write_unix and t_write_req
	EnableUACFr          int    // enable_uac_fr: failure routes for local requests

	Blocklist503     int // blst_503: leave a destination that answers 503 out for a while
	BlocklistDefault int // blst_503_def_timeout: seconds without Retry-After
	BlocklistMin     int // blst_503_min_timeout
	BlocklistMax     int // blst_503_max_timeout
	BlocklistAdd     int // blst_methods_add: methods whose timeouts count, a bit mask
	BlocklistLookup  int // blst_methods_lookup: methods that are held back

	LocalRequestEvent Event // event_callback
	LocalReplyEvent   Event // event_callback_lres_sent
	LocalAckEvent     Event // evcb_local_ack_sent
	FrTimerAVP        string
	FrInvTimerAVP     string
	ContactsAVP       string // contacts_avp
	ContactFlowsAVP   string // contact_flows_avp
	XAVPContact       string // xavp_contact: XAVP of which each contact has its own
}

// Event names the script function of an event; empty: none.
type Event string

// DefaultValues are the incumbent's defaults.
func DefaultValues() Values {
	return Values{
		RURIMatching: 1, Via1Matching: 1,
		FrTimer: 30000, FrInvTimer: 120000, WtTimer: 5000, RetrTimer1: 500, RetrTimer2: 4000,
		MaxInvLifetime: 180000, MaxNonInvLifetime: 32000,
		NoisyCTimer: 1, AutoInv100: 1, AutoInv100Reason: "trying -- your call is important to us",
		RestartFrOnEachReply: 1, AggregateChallenges: 1, DefaultCode: 500, DefaultReason: "Server Internal Error",
		ReparseInvite: 1, CancelBMethod: 1, FailureReplyMode: 3, Remap503: 1, LocalCancelReason: 1, E2ECancelReason: 1,
		E2ECancelHopByHop: 1, ReplyRelayMode: 1, Reply408Code: 408, Reply408Reason: "Request Timeout", DelayedReply: 1, UnixTxTimeout: 500,
		ExecTimeCheck: 5000, ReparseOnFailover: 1, OnReplyAVPMode: 1, EnableStats: 1,
		BlocklistMax: 3600, BlocklistAdd: 1, BlocklistLookup: 4294967287,
	}
}

// Params are the parameters that all tables of a server share. They may be read and changed
// from any goroutine; a change replaces the whole set, so a reader never sees half of one.
type Params struct {
	values atomic.Pointer[Values]
	change sync.Mutex
}

// NewParams makes a set of parameters.
func NewParams(v Values) *Params {
	p := new(Params)
	p.values.Store(&v)
	return p
}

// Get is the present set; the caller must not change it.
func (p *Params) Get() *Values { return p.values.Load() }

// Change lets edit change a copy, which then takes effect (cfg.set, module parameters).
func (p *Params) Change(edit func(*Values)) {
	p.change.Lock()
	defer p.change.Unlock()
	v := *p.Get()
	edit(&v)
	p.values.Store(&v)
}

func millis(ms int) time.Duration { return time.Duration(ms) * time.Millisecond }
