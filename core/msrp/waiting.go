package msrp

import (
	"container/list"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// waiter is a request that was relayed and whose reply has not come. It keeps nothing of the
// frame's memory.
type waiter struct {
	key       key
	from      flow.Flow // the way back
	own       bool      // a chunk that was made here: nobody else asked for its reply
	reporting Reporting
	report    string // header of a report of its failure; empty: it is no SEND
	at        time.Time
	place     *list.Element
}

// key finds a request by its transaction id and the peer that answers it.
type key struct {
	peer netip.AddrPort
	id   string
}

// waiter notes a request that goes to a peer; nil if nobody wants to know what becomes of it.
func (x *Exchange) waiter(id string, to flow.Flow, span string) *waiter {
	f := x.Frame
	own := id != f.ID
	w := &waiter{key: key{to.Remote, strings.Clone(id)}, from: x.From, own: own, reporting: f.FailureReport()}
	if f.Method == "SEND" {
		if w.reporting == ReportNone {
			return nil
		}
		w.report = string(f.appendReportHead(nil, span))
	}
	return w
}

// waiting are the requests that wait, the oldest first.
type waiting struct {
	mu    sync.Mutex
	limit int
	byKey map[key]*waiter
	order list.List
}

func (t *waiting) init(limit int) {
	t.limit = limit
	t.byKey = map[key]*waiter{}
}

// add begins to wait. It tells whether an older request was forgotten for it.
func (t *waiting) add(w *waiter, now time.Time) (forgot bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if old := t.byKey[w.key]; old != nil {
		t.drop(old)
	}
	if t.order.Len() >= t.limit {
		t.drop(t.order.Front().Value.(*waiter))
		forgot = true
	}
	w.at = now
	w.place = t.order.PushBack(w)
	t.byKey[w.key] = w
	return forgot
}

func (t *waiting) drop(w *waiter) {
	delete(t.byKey, w.key)
	t.order.Remove(w.place)
	w.place = nil
}

// take ends the waiting of the request with a key; nil if there is none.
func (t *waiting) take(k key) *waiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.byKey[k]
	if w != nil {
		t.drop(w)
	}
	return w
}

// end ends the waiting of a request; false if it has ended.
func (t *waiting) end(w *waiter) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w.place == nil {
		return false
	}
	t.drop(w)
	return true
}

// expired ends the waiting of those that have waited since before a time.
func (t *waiting) expired(before time.Time) (list []*waiter) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for first := t.order.Front(); first != nil; first = t.order.Front() {
		w := first.Value.(*waiter)
		if w.at.After(before) {
			break
		}
		t.drop(w)
		list = append(list, w)
	}
	return list
}
