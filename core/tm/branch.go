package tm

import (
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
)

// Branch is one client transaction: a request sent to one target (RFC 3261 17.1).
type Branch struct {
	t     *Transaction
	index int

	Target route.Target // where the branch goes, with its branch flags
	URI    string       // request URI as sent
	flow   flow.Flow
	spare  []flow.Flow    // addresses to try next
	drafts [][]byte       // the request as it leaves for each of them, if they need other sockets; else nil
	forced bool           // the script chose the socket
	mode   route.SendMode // of its sends
	sent   []byte         // the request as sent; nil before, and when it is no longer needed

	status   int            // last reply that took effect; 0: none
	reply    *route.Message // the final reply, kept for the choice of the best
	state    branchState
	onReply  route.Callback // armed in the branch route
	onFailed route.Callback // the failure route that was armed when the branch was opened
	onFail   route.Callback // t_on_branch_failure
	timer    timer
	resendAt time.Duration // next retransmission; 0: none
	interval time.Duration
	giveUpAt time.Duration // fr_timer or fr_inv_timer
	cancel   *cancelSide
	why      *cancelReason // for a CANCEL that waits
	ack      *endAck       // to a 2xx for an INVITE of our own
}

// branchState are facts about a branch.
type branchState uint8

const (
	branchUnsent   branchState = 1 << iota // it never left: a send error, a drop in the branch route, a suspended place
	branchDropped                          // its reply does not count any more
	branchTimedOut                         // ended by fr_timer or fr_inv_timer
	branchReplied                          // a provisional reply came
	branchSeen                             // a reply was dealt with before the one in hand
	branchCanceled                         // it is to be cancelled: at once, or at the first provisional reply
	branchGivenUp                          // cancelled before any reply, and counted as 487 at once
	branchRefused                          // it could not be sent
)

// Index is the branch's number in its transaction.
func (b *Branch) Index() int { return b.index }

// Status is the last reply's code; 0: none.
func (b *Branch) Status() int { return b.status }

// Reply is the final reply as received; nil if there is none or it was made here.
func (b *Branch) Reply() *route.Message { return b.reply }

// TimedOut tells whether the branch ended without a final reply.
func (b *Branch) TimedOut() bool { return b.state&branchTimedOut != 0 }

// Replied tells whether a provisional reply has come.
func (b *Branch) Replied() bool { return b.state&branchReplied != 0 }

// Flow is the way that the request took.
func (b *Branch) Flow() flow.Flow { return b.flow }

func (b *Branch) is(s branchState) bool { return b.state&s != 0 }

// pending tells that a final reply is still to come.
func (b *Branch) pending() bool { return b.status < 200 && !b.is(branchUnsent) }

// release gives up what only a pending branch needs. A finished INVITE branch keeps its
// request: the ACK to a repeated final reply is made from it.
func (b *Branch) release() {
	b.stopTimer()
	b.spare, b.drafts = nil, nil
	if !b.t.Invite() {
		b.dropSent()
	}
}

// dropSent gives up the request's bytes. Further branches may have the same ones.
func (b *Branch) dropSent() {
	if len(b.t.branches) == 1 {
		b.t.table.keepBuffer(b.sent)
	}
	b.sent = nil
}

// Seen tells whether a reply of the branch was dealt with before the one in hand.
func (b *Branch) Seen() bool { return b.is(branchSeen) }
