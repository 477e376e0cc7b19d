package tm

import (
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

// timer is a wheel entry whose action runs in the order of its call.
type timer struct{ clock.Timer }

// What timers are about: each is told by the wheel, and runs in the order of its call. They are other names of
// what has the timer, so that a timer costs nothing but its place in there.
type (
	transactionTimer Transaction
	branchTimer      Branch
	cancelTimer      cancelSide
)

// Fire implements clock.Firer.
func (x *transactionTimer) Fire() { x.table.env.Timers.InCall(x.call, x) }

// Run implements Job.
func (x *transactionTimer) Run() { (*Transaction)(x).onTimer() }

// Fire implements clock.Firer.
func (x *branchTimer) Fire() { x.t.table.env.Timers.InCall(x.t.call, x) }

// Run implements Job.
func (x *branchTimer) Run() { (*Branch)(x).onTimer() }

// Fire implements clock.Firer.
func (x *cancelTimer) Fire() { x.b.t.table.env.Timers.InCall(x.b.t.call, x) }

// Run implements Job.
func (x *cancelTimer) Run() { (*cancelSide)(x).onTimer() }

// arm sets the timer for an instant on the table's time; who is told then.
func (tb *Table) arm(x *timer, who clock.Firer, now, at time.Duration) {
	x.Owner = who
	tb.env.Timers.ArmAfter(&x.Timer, tb.start.Add(now), max(at-now, 0))
}

// arm sets the transaction's own timer.
func (t *Transaction) arm(now, at time.Duration) {
	t.table.arm(&t.timer, (*transactionTimer)(t), now, at)
}
