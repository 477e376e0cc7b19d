package tm

import "github.com/moonroute/moonroute/core/route"

// EachArmed calls f for every callback that is armed for the transaction or a branch of it.
func (t *Transaction) EachArmed(f func(route.Callback)) {
	armed := [...]route.Callback{t.armed.Branch, t.armed.Reply, t.armed.Failure, t.armed.BranchFailure}
	for _, cb := range armed {
		if cb.Set() {
			f(cb)
		}
	}
	for _, b := range t.branches {
		if b.onReply.Set() {
			f(b.onReply)
		}
		if b.onFail.Set() {
			f(b.onFail)
		}
	}
}
