package tm

// failLater keeps a branch that could not be sent as if it were silent, so that a failure route sees it
// after fr_timer (failure_exec_mode). It gives false if that is not wanted.
func (b *Branch) failLater() bool {
	t := b.t
	if t.table.env.Params.Get().FailureExecMode == 0 {
		return false
	}
	b.state &^= branchUnsent
	now := t.table.now()
	b.giveUpAt = t.limit(now + t.timing.fr)
	b.schedule(now)
	return true
}

// silent tells whether the client is told nothing of a timeout (noisy_ctimer=0): of an INVITE with one branch, for
// which nothing has come and nobody waits.
func (b *Branch) silent() bool {
	t := b.t
	env := &t.table.env
	return env.Params.Get().NoisyCTimer == 0 && t.Invite() && !t.Local() && !t.has(isReplica) && b.status == 0 && !b.Replied() &&
		len(t.branches) == 1 && !b.onFailed.Set() && !env.Hooks.want(OnFailure)
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
	if b.silent() {
		b.status = 408
		b.release()
		t.wait()
		return
	}
	ringing := t.Invite() && b.Replied()
	if ringing && b.cancel == nil {
		b.sendCancel(nil)
	}
	t.branchFailed(b, 408, nil)
}
