package flood

import "time"

const (
	firstRepeat = 500 * time.Millisecond // T1; doubled each time
	mostRepeats = 6                      // after 0.5, 1, 2, 4, 8, 16 s; then, at 31.5 s, the call has failed
)

// repeats holds what is to be sent again unless it is answered. Each doubling has a queue of its own, in which the times ascend.
type repeats [mostRepeats]struct {
	list []repeat
	head int
}

type repeat struct {
	n     int
	state state // in which the call was
	due   time.Time
}

func (r *repeats) add(stage, n int, s state, now time.Time) {
	q := &r[stage]
	if q.head > len(q.list)/2 && q.head > 1024 {
		q.list = q.list[:copy(q.list, q.list[q.head:])]
		q.head = 0
	}
	q.list = append(q.list, repeat{n: n, state: s, due: now.Add(firstRepeat << stage)})
}

// next is one that is due, and its stage.
func (r *repeats) next(now time.Time) (repeat, int, bool) {
	for stage := range r {
		q := &r[stage]
		if q.head < len(q.list) && !q.list[q.head].due.After(now) {
			q.head++
			return q.list[q.head-1], stage, true
		}
	}
	return repeat{}, 0, false
}

func (r *repeats) clear() {
	for stage := range r {
		r[stage].list, r[stage].head = r[stage].list[:0], 0
	}
}
