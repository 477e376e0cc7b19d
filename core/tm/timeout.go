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
	b.blockSilent()
	if t.suspend != nil && t.suspend.branch == b {
		t.flags &^= isSuspended
		t.suspend = nil
	}
	if end := t.timing.end; end != 0 && t.table.now() >= end {
		t.flags |= isExpired
	}
	ringing := t.Invite() && b.Replied()
	if ringing && b.cancel == nil {
		b.sendCancel(nil)
	}
	t.branchFailed(b, 408, nil)
}
