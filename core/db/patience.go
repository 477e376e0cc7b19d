package db

import "time"

// patience tells whether a caller who commits his own write waits for its answer in place, with the others whom he holds up,
// or has them go on meanwhile. The first is much the cheaper, as long as the server answers soon and there are not so many
// writes that they would wait for each other: then those that come meanwhile are committed together. It belongs to whoever
// has the writer's seat.
type patience struct {
	took   time.Duration // by the last commits; one that took long counts for some that follow
	credit time.Duration // time that may be waited in place
	noted  time.Time     // when
}

const (
	// fastest is up to how long the last commits took if the next one may be waited for in place.
	fastest = 3 * time.Millisecond
	// A caller may wait in place as long as all writes, waited for one after the other, would leave a quarter of the time.
	shareOfWaiting, shares = 3, 4
	// mostCredit bounds how long it takes to see that there are too many writes, or no longer.
	mostCredit = 20 * time.Millisecond
)

// left tells whether the next answer may be waited for in place.
func (p *patience) left() bool { return p.took < fastest && p.credit >= 0 }

// note takes account of a commit of so many writes.
func (p *patience) note(writes int, begun, done time.Time) {
	p.took = max(done.Sub(begun), p.took*7/8)
	p.credit += min(done.Sub(p.noted), time.Second)*shareOfWaiting/shares - time.Duration(writes)*min(p.took, fastest)
	p.credit = min(max(p.credit, -mostCredit), mostCredit)
	p.noted = done
}
