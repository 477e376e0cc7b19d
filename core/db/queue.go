package db

import "sync"

// job is what one caller wants written: all of it or nothing.
type job struct {
	writes   []Write
	affected int64
	late     bool       // it may be written when it can
	done     chan error // nil: nobody waits
}

func (j *job) answer(err error) {
	if j.done != nil {
		j.done <- err
	}
}

// queue holds the jobs that are to be written. Those whose callers wait go before those that may be late.
type queue struct {
	mu      sync.Mutex
	waiting []*job
	later   []*job
	limits  [2]int
	closed  bool
	wake    chan struct{}
}

func (q *queue) init(waiting, later int) {
	q.limits = [2]int{waiting, later}
	q.wake = make(chan struct{}, 1)
}

// push adds a job, or tells why it cannot.
func (q *queue) push(j *job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	list, limit := &q.waiting, q.limits[0]
	if j.late {
		list, limit = &q.later, q.limits[1]
	}
	switch {
	case q.closed:
		return ErrClosed
	case len(*list) >= limit:
		return ErrBusy
	}
	*list = append(*list, j)
	select {
	case q.wake <- struct{}{}:
	default: // the writer is told already
	}
	return nil
}

// take gives the next jobs, at most n.
func (q *queue) take(into []*job, n int) []*job {
	q.mu.Lock()
	defer q.mu.Unlock()
	into = moveJobs(into, &q.waiting, n)
	return moveJobs(into, &q.later, n)
}

func moveJobs(into []*job, from *[]*job, n int) []*job {
	k := min(n-len(into), len(*from))
	into = append(into, (*from)[:k]...)
	rest := copy(*from, (*from)[k:])
	clear((*from)[rest:])
	*from = (*from)[:rest]
	return into
}

// giveBack puts jobs that may be late to the front again, in their order.
func (q *queue) giveBack(jobs []*job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.later = append(jobs, q.later...)
}

// refuse answers all that wait with an error.
func (q *queue) refuse(err error) {
	q.mu.Lock()
	jobs := q.waiting
	q.waiting = nil
	q.mu.Unlock()
	for _, j := range jobs {
		j.answer(err)
	}
}

// close refuses all that comes and all that waits.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.refuse(ErrClosed)
}
