package db

import "sync"

// job is what one caller wants written: all of it or nothing.
type job struct {
	writes   []Write
	affected int64
	size     int        // bytes that it holds, about
	late     bool       // it may be written when it can
	done     chan error // nil: nobody waits
}

func (j *job) answer(err error) {
	if j.done != nil {
		j.done <- err
	}
}

// await gives the job's answer. Slow, unless it is nil, is called if that is not there yet.
func (j *job) await(slow func()) error {
	if slow == nil {
		return <-j.done
	}
	select {
	case err := <-j.done:
		return err
	default:
		slow()
		return <-j.done
	}
}

// queue holds the jobs that are to be written. Those whose callers wait go before those that may be late.
type queue struct {
	wake chan struct{}

	mu      sync.Mutex
	waiting jobs
	later   jobs
	refused error // what those who would wait get at once; nil: they may
	closed  bool
}

func (q *queue) init(waiting, later, bytes int) {
	q.waiting.limit, q.waiting.room = waiting, bytes
	q.later.limit, q.later.room = later, bytes
	q.wake = make(chan struct{}, 1)
}

// push adds a job, or tells why it cannot.
func (q *queue) push(j *job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := &q.waiting
	switch {
	case q.closed:
		return ErrClosed
	case j.late:
		list = &q.later
	case q.refused != nil:
		return q.refused
	}
	if !list.push(j) {
		return ErrBusy
	}
	return nil
}

// rouse tells the writer's goroutine that there is something to do.
func (q *queue) rouse() {
	select {
	case q.wake <- struct{}{}:
	default: // it is told already
	}
}

// idle tells that nothing waits to be written.
func (q *queue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting.len()+q.later.len() == 0
}

// take gives the next jobs, at most n. A quarter of the places is for those that may be late, so that
// they come to pass however many wait.
func (q *queue) take(into []*job, n int, later bool) []*job {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !later {
		return q.waiting.move(into, n)
	}
	into = q.waiting.move(into, n-min(n/4, q.later.len()))
	return q.later.move(into, n)
}

// giveBack puts jobs that may be late to the front again, in their order.
func (q *queue) giveBack(list []*job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.later.list, q.later.first = append(list, q.later.list[q.later.first:]...), 0
	for _, j := range list {
		q.later.bytes += j.size
	}
}

// refuse answers all that wait with an error.
func (q *queue) refuse(err error) {
	q.mu.Lock()
	list := q.waiting.move(nil, q.waiting.limit)
	q.mu.Unlock()
	for _, j := range list {
		j.answer(err)
	}
}

// shut refuses all that wait, and those who come until it is opened again.
func (q *queue) shut(err error) {
	q.mu.Lock()
	q.refused = err
	q.mu.Unlock()
	q.refuse(err)
}

func (q *queue) open() {
	q.mu.Lock()
	q.refused = nil
	q.mu.Unlock()
}

// close refuses all that comes; what is there may still be taken.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
}

// drop answers all that is left with ErrClosed and tells how many calls of Later are lost by it.
func (q *queue) drop() (lost int) {
	q.refuse(ErrClosed)
	q.mu.Lock()
	list := q.later.move(nil, q.later.len())
	q.mu.Unlock()
	for _, j := range list {
		j.answer(ErrClosed)
		if len(j.writes) > 0 {
			lost++
		}
	}
	return lost
}

// kept is how many calls of Later are not yet taken, and how many bytes they hold.
func (q *queue) kept() (calls, bytes int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.later.len(), q.later.bytes
}

// jobs is a list with two bounds that is taken from its front.
type jobs struct {
	list        []*job
	first       int // those before it are taken
	bytes       int // of those that are left
	limit, room int // of jobs and of bytes
}

func (l *jobs) len() int { return len(l.list) - l.first }

func (l *jobs) push(j *job) bool {
	if l.len() >= l.limit || l.bytes+j.size > l.room && l.len() > 0 {
		return false
	}
	l.bytes += j.size
	if l.first > 0 && len(l.list) == cap(l.list) { // use the space of those that are taken
		n := copy(l.list, l.list[l.first:])
		clear(l.list[n:])
		l.list, l.first = l.list[:n], 0
	}
	l.list = append(l.list, j)
	return true
}

// move takes from the front until into has n.
func (l *jobs) move(into []*job, n int) []*job {
	k := min(n-len(into), l.len())
	if k <= 0 {
		return into
	}
	taken := l.list[l.first : l.first+k]
	into = append(into, taken...)
	for _, j := range taken {
		l.bytes -= j.size
	}
	clear(taken)
	if l.first += k; l.first == len(l.list) {
		l.list, l.first = l.list[:0], 0
	}
	return into
}
