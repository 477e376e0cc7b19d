package tm

import (
	"errors"
	"time"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// Table holds the transactions of one shard.
type Table struct {
	env   Env
	start time.Time
	calls map[uint64]*Transaction // by Call-ID hash and CSeq number, linked by next
	slots []*Transaction
	free  []uint32       // slots to use again, the oldest first would be no better: labels differ
	buf   []byte         // working space of the builders
	out   route.Outgoing // theirs too
	id    []byte         // and for a branch parameter
	sent  sip.Message    // a request of ours, read for the ACK or CANCEL that follows it

	buffers [][]byte   // for requests and last replies
	event   *HookEvent // for the next thing that hooks are told; nil while one of them runs
	runs    []*running // for callbacks to come

	finished finished

	stray func(*route.Message) // on_sl_reply; nil: none
}

// maxSlots bounds the transactions of one shard: an index must fit into 31 bits for scripts.
const maxSlots = 1 << (31 - shardBits)

// errFull says that a shard holds as many transactions as it may.
var errFull = errors.New("tm: too many transactions")

// NewTable makes an empty table.
func NewTable(env Env) *Table {
	if env.Stats == nil {
		env.Stats = new(Stats)
	}
	return &Table{env: env, start: env.Clock.Now(), calls: map[uint64]*Transaction{}}
}

// Stats are the table's counters.
func (tb *Table) Stats() *Stats { return tb.env.Stats }

// Params are the parameters that the table follows.
func (tb *Table) Params() *Params { return tb.env.Params }

// now is the time since the table was made.
func (tb *Table) now() time.Duration { return tb.env.Clock.Since(tb.start) }

// callKey is where transactions of a Call-ID and CSeq number stand.
func callKey(callHash uint64, cseq uint32) uint64 {
	return callHash ^ (uint64(cseq)+1)*0x9e3779b97f4a7c15
}

// add makes a transaction for a request and puts it into the table.
func (tb *Table) add(m *route.Message, cseq uint32) (*Transaction, error) {
	if len(tb.free) == 0 && len(tb.slots) >= maxSlots {
		return nil, errFull
	}
	t := &Transaction{table: tb, request: m, method: m.Method, call: m.CallHash, key: callKey(m.CallHash, cseq)}
	t.server.relayed = -1
	t.slot = tb.takeSlot(t)
	t.label = tb.env.random() >> 1
	t.set(isInvite, m.Method == sip.MethodInvite)
	t.setTiming()
	t.next = tb.calls[t.key]
	tb.calls[t.key] = t
	m.Keep()
	tb.env.Stats.Created.Add(1)
	tb.env.Stats.Current.Add(1)
	return t, nil
}

func (tb *Table) takeSlot(t *Transaction) uint32 {
	if n := len(tb.free); n > 0 {
		slot := tb.free[n-1]
		tb.free = tb.free[:n-1]
		tb.slots[slot] = t
		return slot
	}
	tb.slots = append(tb.slots, t)
	return uint32(len(tb.slots) - 1)
}

// remove takes a transaction out of the table; its last timer does it.
func (tb *Table) remove(t *Transaction) {
	if t.has(isDead) {
		return
	}
	t.tell(Destroyed, -1, t.server.status, nil, nil)
	t.flags |= isDead
	t.stopAll()
	tb.unlink(t)
	tb.slots[t.slot] = nil
	tb.free = append(tb.free, t.slot)
	stats := tb.env.Stats
	stats.Freed.Add(1)
	stats.Current.Add(-1)
	if t.has(isWaiting) {
		stats.Waiting.Add(-1)
	}
	tb.keepBuffer(t.server.last)
	t.server.last = nil
	if t.unseen() {
		t.request.LetGo()
		for _, b := range t.branches {
			b.dropSent()
		}
	}
}

func (tb *Table) unlink(t *Transaction) {
	head := tb.calls[t.key]
	if head == t {
		if t.next == nil {
			delete(tb.calls, t.key)
		} else {
			tb.calls[t.key] = t.next
		}
		return
	}
	for p := head; p != nil; p = p.next {
		if p.next == t {
			p.next = t.next
			return
		}
	}
}

// Find is the transaction of an ID, or nil.
func (tb *Table) Find(id ID) *Transaction {
	if id.Shard() != tb.env.Shard {
		return nil
	}
	return tb.at(id.slot(), id.Label)
}

func (tb *Table) at(slot, label uint32) *Transaction {
	if int(slot) >= len(tb.slots) {
		return nil
	}
	if t := tb.slots[slot]; t != nil && t.label == label {
		return t
	}
	return nil
}

// FindCall is the INVITE transaction (or any other, if there is no INVITE) of a Call-ID and CSeq number, or nil.
func (tb *Table) FindCall(callID string, cseq uint32) *Transaction {
	var other *Transaction
	for t := tb.calls[callKey(tb.env.CallHash(callID), cseq)]; t != nil; t = t.next {
		if t.Request().CallID() != callID {
			continue
		}
		if t.Invite() {
			return t
		}
		if t.method != sip.MethodCancel {
			other = t
		}
	}
	return other
}

// Each calls f for every transaction until it gives false.
func (tb *Table) Each(f func(t *Transaction) bool) {
	for _, t := range tb.slots {
		if t != nil && !f(t) {
			return
		}
	}
}

// Len is how many transactions the table holds.
func (tb *Table) Len() int { return len(tb.slots) - len(tb.free) }
