package tm

import "github.com/moonroute/moonroute/core/route"

// HookKind tells what happened to a transaction.
type HookKind uint8

// What hooks are told. In each the transaction is still there.
const (
	RequestIn            HookKind = iota // a transaction was made for a received request
	RequestOut                           // a branch was sent; Data holds the bytes
	ReplyIn                              // a reply came in for a branch
	ReplyOut                             // a reply was sent upstream; Code, Data, and Reply if it was relayed
	OnFailure                            // all branches failed: Code is the best one's, before the failure route
	RequestRetransmitted                 // a received request was a repetition
	ReplyRetransmitted                   // the last reply was sent again
	AckIn                                // an ACK that belongs to the transaction: Request
	EndToEndAckIn                        // an ACK for a relayed 2xx: Request
	CancelIn                             // the client cancels the INVITE: Request
	LocalCompleted                       // a request of our own got its final reply
	CancelOut                            // a CANCEL of ours was sent; Data
	AckOut                               // an ACK of ours was sent; Data
	Destroyed                            // the transaction goes
	hookKinds
)

// HookEvent is what a hook is told. It is reused: a hook keeps nothing of it but what Keep allows.
type HookEvent struct {
	Kind        HookKind
	Transaction *Transaction
	Request     *route.Message // the transaction's request, or the ACK or CANCEL that came in
	Reply       *route.Message // nil for a reply made here
	Code        int
	Branch      int // -1 if the event is about no branch
	Data        []byte
}

// Hook watches transactions: accounting, dialogs, tracing. It runs inside the shard and must not block.
type Hook interface {
	// Kinds is the set of events that the hook wants, one bit each (1<<ReplyOut).
	Kinds() uint32
	OnTransaction(e *HookEvent)
}

// Hooks are the watchers of a server, fixed at start.
type Hooks struct {
	list  []Hook
	wants uint32
}

// NewHooks makes the set of watchers, which are called in this order.
func NewHooks(list ...Hook) *Hooks {
	h := &Hooks{list: list}
	for _, x := range list {
		h.wants |= x.Kinds()
	}
	return h
}

// Add appends a watcher; only before the server runs.
func (h *Hooks) Add(x Hook) {
	h.list = append(h.list, x)
	h.wants |= x.Kinds()
}

// want tells whether anybody asks for such events, so that the event need not be made.
func (h *Hooks) want(k HookKind) bool { return h != nil && h.wants&(1<<k) != 0 }

// tell shows an event to the hooks. What they do may lead to further ones.
func (tb *Table) tell(e HookEvent) {
	x := tb.event
	if x == nil {
		x = new(HookEvent)
	}
	tb.event = nil
	*x = e
	tb.env.Hooks.tell(x)
	*x = HookEvent{}
	tb.event = x
}

// tell calls the watchers. One that runs the script may let go of the shard: the transaction's request is held, and
// is left to the collector if the transaction has gone meanwhile.
func (h *Hooks) tell(e *HookEvent) {
	request := e.Transaction.request
	request.Keep()
	for _, x := range h.list {
		if x.Kinds()&(1<<e.Kind) != 0 {
			x.OnTransaction(e)
		}
	}
	if !e.Transaction.has(isDead) {
		request.LetGo()
	}
}
