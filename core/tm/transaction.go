package tm

import (
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// flags of a transaction.
type flags uint32

const (
	isInvite       flags = 1 << iota
	isLocal              // a request of our own
	isCanceled           // the client sent CANCEL, or a module cancelled it
	isExpired            // max_inv_lifetime or max_noninv_lifetime ended it
	isSuspended          // t_suspend, until t_continue
	isDead               // taken out of the table
	isWaiting            // wt_timer runs
	isReplica            // made by t_replicate: no reply goes upstream
	noInternal           // t_set_disable_internal_reply
	noAuto100            // t_set_auto_inv_100(0)
	wantAuto100          // t_set_auto_inv_100(1)
	sentHeaders          // t_use_uac_headers
	noFailover           // t_set_disable_failover
	noSixBlock           // t_set_disable_6xx
	noCancelReason       // t_set_no_e2e_cancel_reason
	noAutoAck            // t_set_no_auto_ack
	isRelayed            // a t_relay took place
	localReply           // the last reply sent was made here
	isRouted             // the request route has ended
	isShared             // another message's route may still look at it
)

// Transaction is a server transaction with the client branches that it opened, or a request of our own with its branches.
type Transaction struct {
	table *Table
	next  *Transaction // others of the same call and CSeq number
	key   uint64       // where it stands in the table's index of calls
	call  uint64       // key of the call's order in the shard
	slot  uint32
	label uint32
	flags flags

	request *route.Message // without its parsed form once the transaction waits
	method  sip.Method     // of the request
	branch  string         // of its Via
	fromTag string
	saved   snapshot

	server     serverSide
	branches   []*Branch
	first      Branch     // most transactions have one branch
	inline     [2]*Branch // and few have more than two
	usedURI    string     // request URI and destination that the last branch was made of
	usedDst    string
	armed      route.Armed
	run        *Run // the callback that runs now
	timing     timing
	timer      timer
	delayed    int // error of a failed t_relay, answered after the route; 0: none
	unsent     int // error of the last t_relay that could send nothing; 0: none
	roundStart int // the first branch of the latest round of serial forking
	drop       dropMode
	dropChosen bool // t_drop_replies was called
	local      *localSide
	suspend    *suspension
	extra      []extra
	firstExtra [1]extra // most have one at most
}

// extra is what a module keeps with a transaction. Few do, so that a list is shorter and quicker than a map.
type extra struct{ key, value any }

// snapshot is what later branches start from: the request as the first t_relay found it.
type snapshot struct {
	target   route.Target
	edits    route.Edits
	flags    uint32
	xflags   [2]uint32
	hasEdits bool // taken by t_relay or t_save_lumps
	relayed  bool // taken by t_relay
}

// serverSide is the transaction towards the client (RFC 3261 17.2).
type serverSide struct {
	flow     flow.Flow
	status   int    // last reply sent; 0: none
	last     []byte // its bytes, for repetitions
	tag      string // To tag of replies made here
	relayed  int    // branch that the last reply came from, -1 if it was made here
	retrans  bool   // a negative reply to INVITE is repeated until its ACK
	interval time.Duration
	resendAt time.Duration
	giveUpAt time.Duration
}

// timing holds what t_set_fr, t_set_retr and t_set_max_lifetime chose.
type timing struct {
	fr, frInv        time.Duration
	t1, t2           time.Duration
	end              time.Duration // the transaction ends by then, on the table's time
	lifeInv, lifeNon time.Duration
}

// Run is one run of a callback of a transaction.
type Run struct {
	Kind     route.Kind
	Branch   int            // the branch it is about
	Code     int            // reply code that led to it
	Reply    *route.Message // that reply; nil for one made here
	incoming *Branch        // whose final reply has just come in
	outer    *Run
}

// Of is the transaction that a message belongs to, or nil.
func Of(m *route.Message) *Transaction {
	t, _ := m.Transaction.(*Transaction)
	return t
}

// ID names the transaction.
func (t *Transaction) ID() ID {
	return ID{Index: t.slot<<shardBits | uint32(t.table.env.Shard), Label: t.label}
}

// Request is what the transaction was made for. Its headers are read in place; what a script changes in it after t_relay
// does not touch the transaction. It must not be kept beyond the route or the hook that runs now.
func (t *Transaction) Request() *route.Message { return t.request.Whole() }

// Vars are the AVPs of the request; nil if there are none yet.
func (t *Transaction) Vars() *route.Vars { return t.request.Vars }

// unseen tells that no route is left that could look at the request.
func (t *Transaction) unseen() bool { return t.has(isRouted) && !t.has(isShared) && t.run == nil }

// thin gives up the request's parsed form while the transaction only waits for what comes late: so the memory is used again
// by the next message, rather than after wt_timer, when it has left the processor's caches.
func (t *Transaction) thin() {
	if t.has(isWaiting) && !t.has(isDead) && t.unseen() {
		t.request.Thin()
	}
}

// Invite tells whether it is an INVITE transaction.
func (t *Transaction) Invite() bool { return t.flags&isInvite != 0 }

// Local tells whether the request is one of our own.
func (t *Transaction) Local() bool { return t.flags&isLocal != 0 }

// Canceled tells whether the client cancelled the transaction.
func (t *Transaction) Canceled() bool { return t.flags&isCanceled != 0 }

// Expired tells whether the transaction ran into its maximum lifetime.
func (t *Transaction) Expired() bool { return t.flags&isExpired != 0 }

// Suspended tells whether the transaction waits for t_continue.
func (t *Transaction) Suspended() bool { return t.flags&isSuspended != 0 }

// Status is the code of the last reply sent upstream; 0: none.
func (t *Transaction) Status() int { return t.server.status }

// Branches are the client branches in the order of their making. The caller must not change the list.
func (t *Transaction) Branches() []*Branch { return t.branches }

// Current is the callback run that is going on, or nil.
func (t *Transaction) Current() *Run { return t.run }

// ReplyBranch is the branch that the last relayed reply came from; -1 if it was made here.
func (t *Transaction) ReplyBranch() int { return t.server.relayed }

// LocalReplied tells whether the last reply was made here.
func (t *Transaction) LocalReplied() bool { return t.flags&localReply != 0 }

// Flags are the message flags that the transaction keeps for later routes.
func (t *Transaction) Flags() uint32 { return t.saved.flags }

// FlushFlags takes over the flags of the message in hand (t_flush_flags).
func (t *Transaction) FlushFlags(m *route.Message) { t.saved.flags = m.Flags }

// FlushXFlags takes over its extended flags (t_flush_xflags).
func (t *Transaction) FlushXFlags(m *route.Message) { t.saved.xflags = m.XFlags }

// Extra is where a module keeps something with the transaction, by its own key.
func (t *Transaction) Extra(key any) any {
	for i := range t.extra {
		if t.extra[i].key == key {
			return t.extra[i].value
		}
	}
	return nil
}

// SetExtra keeps something with the transaction.
func (t *Transaction) SetExtra(key, value any) {
	for i := range t.extra {
		if t.extra[i].key == key {
			t.extra[i].value = value
			return
		}
	}
	if t.extra == nil {
		t.extra = t.firstExtra[:0]
	}
	t.extra = append(t.extra, extra{key, value})
}

func (t *Transaction) has(f flags) bool { return t.flags&f != 0 }

// set turns a flag on or off.
func (t *Transaction) set(f flags, on bool) {
	if on {
		t.flags |= f
	} else {
		t.flags &^= f
	}
}

// ended tells that nothing more can be sent upstream but repetitions.
func (t *Transaction) ended() bool { return t.server.status >= 200 }

// addBranch makes room for one more branch.
func (t *Transaction) addBranch() *Branch {
	var b *Branch
	if len(t.branches) == 0 {
		t.branches = t.inline[:0]
		b = &t.first
	} else {
		b = new(Branch)
	}
	b.t, b.index, b.onFailed = t, len(t.branches), t.armed.Failure
	t.branches = append(t.branches, b)
	return b
}

func (t *Transaction) branchID(index int) branchID {
	return branchID{shard: uint32(t.table.env.Shard), slot: t.slot, label: t.label, branch: index}
}

// tell hands an event to the hooks.
func (t *Transaction) tell(kind HookKind, branch, code int, reply *route.Message, data []byte) {
	if !t.table.env.Hooks.want(kind) {
		return
	}
	t.table.tell(HookEvent{Kind: kind, Transaction: t, Request: t.Request(), Reply: reply, Code: code, Branch: branch, Data: data})
}

// tellRequest hands an event about another request (an ACK, a CANCEL) to the hooks.
func (t *Transaction) tellRequest(kind HookKind, m *route.Message) {
	if t.table.env.Hooks.want(kind) {
		t.table.tell(HookEvent{Kind: kind, Transaction: t, Request: m, Branch: -1})
	}
}
