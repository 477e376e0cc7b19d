package tm

import "github.com/moonroute/moonroute/core/route"

// runRoute runs a callback of the transaction. The script may let go of the shard meanwhile,
// so the caller looks at the transaction's state anew.
func (t *Transaction) runRoute(c route.Call, r Run) route.Outcome {
	x := t.table.takeRun()
	x.call, x.run = c, r
	x.run.Kind, x.run.outer = c.Kind, t.run
	t.run = &x.run
	out := t.table.env.Script.Run(&x.call)
	t.run = x.run.outer
	t.table.keepRun(x)
	return out
}

// running is the memory of one run of a callback.
type running struct {
	call route.Call
	run  Run
}

// maxRuns bounds the memory that a table keeps for runs: more than these seldom wait at once.
const maxRuns = 64

func (tb *Table) takeRun() *running {
	n := len(tb.runs)
	if n == 0 {
		return new(running)
	}
	x := tb.runs[n-1]
	tb.runs = tb.runs[:n-1]
	return x
}

func (tb *Table) keepRun(x *running) {
	*x = running{}
	if len(tb.runs) < maxRuns {
		tb.runs = append(tb.runs, x)
	}
}

// fake makes the message of a failure route and its like: the request as the transaction remembers it.
func (t *Transaction) fake() *route.Message {
	f := t.Request().Fake()
	f.Target, f.Flags, f.XFlags = t.saved.target, t.saved.flags, t.saved.xflags
	f.Edits = t.saved.edits.Clone()
	f.Answer, f.Armed, f.Failure, f.Extra = route.Answer{}, route.Armed{}, route.Failure{}, nil
	f.Handled, f.Dropped = false, false
	f.URIUsed = t.saved.relayed
	f.Transaction, f.Vars = t, t.request.AVPs()
	return f
}

// keepFake takes over what a route did to the message that lasts: flags.
func (t *Transaction) keepFake(f *route.Message) {
	t.saved.flags, t.saved.xflags = f.Flags, f.XFlags
}

// Arming names the callbacks that a script can arm.
type Arming uint8

// The callbacks.
const (
	OnBranchRoute Arming = iota
	OnReplyRoute
	OnFailureRoute
	OnBranchFailureRoute
)

// Arm sets the callback that t_on_branch and its kin name; an empty one disarms. In a branch
// route, reply and branch-failure callbacks are the branch's own.
func Arm(m *route.Message, what Arming, cb route.Callback) {
	t := Of(m)
	if t == nil {
		setArmed(&m.Armed, what, cb)
		return
	}
	if t.run != nil && t.run.Kind == route.BranchRoute && t.run.Branch < len(t.branches) {
		b := t.branches[t.run.Branch]
		switch what {
		case OnReplyRoute:
			b.onReply = cb
			return
		case OnBranchFailureRoute:
			b.onFail = cb
			return
		}
	}
	setArmed(&t.armed, what, cb)
}

func setArmed(a *route.Armed, what Arming, cb route.Callback) {
	switch what {
	case OnBranchRoute:
		a.Branch = cb
	case OnReplyRoute:
		a.Reply = cb
	case OnFailureRoute:
		a.Failure = cb
	case OnBranchFailureRoute:
		a.BranchFailure = cb
	}
}

// IsArmed tells whether a callback is armed (t_is_set).
func IsArmed(m *route.Message, what Arming) bool {
	a := &m.Armed
	if t := Of(m); t != nil {
		a = &t.armed
	}
	switch what {
	case OnBranchRoute:
		return a.Branch.Set()
	case OnReplyRoute:
		return a.Reply.Set()
	case OnFailureRoute:
		return a.Failure.Set()
	}
	return a.BranchFailure.Set()
}
