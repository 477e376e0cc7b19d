package tm

import (
	"github.com/moonroute/moonroute/core/route"
)

// failLater lets the failure route see a t_relay that could send nothing, as a timeout
// (failure_exec_mode). It gives false if that is not wanted, or no such route is armed.
func (t *Transaction) failLater() bool {
	if t.table.env.Params.Get().FailureExecMode == 0 || !t.armed.Failure.Set() || len(t.branches) >= route.MaxBranches {
		return false
	}
	b := t.addBranch()
	t.flags |= isRelayed
	now := t.table.now()
	b.giveUpAt = now
	b.schedule(now)
	return true
}

// timeout ends a branch that fr_timer or fr_inv_timer ran out for.
func (b *Branch) timeout() {
	t := b.t
	b.state |= branchTimedOut
	if t.suspend != nil && t.suspend.branch == b {
		t.flags &^= isSuspended
		t.suspend = nil
	}
	if end := t.timing.end; end != 0 && t.table.now() >= end {
		t.flags |= isExpired
	}
	ringing := t.Invite() && b.Replied()
	if ringing && t.silent() {
		t.table.remove(t)
		return
	}
	if ringing && b.cancel == nil {
		b.sendCancel(nil)
	}
	t.branchFailed(b, 408, nil)
}

// silent tells whether a ringing INVITE may be dropped without a word (noisy_ctimer=0): not
// if it is forked, cancelled, or anybody waits for its end.
func (t *Transaction) silent() bool {
	return t.table.env.Params.Get().NoisyCTimer == 0 && len(t.branches) == 1 && !t.Local() && !t.armed.Failure.Set() && !t.has(isCanceled)
}
