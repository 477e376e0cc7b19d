package shard

// ring is a queue that reuses its memory.
type ring struct {
	buf       []entry
	head, len int
}

func (q *ring) push(e entry) {
	if q.len == len(q.buf) {
		q.grow()
	}
	q.buf[(q.head+q.len)%len(q.buf)] = e
	q.len++
}

func (q *ring) grow() {
	bigger := make([]entry, max(64, 2*len(q.buf)))
	for i := range q.len {
		bigger[i] = q.buf[(q.head+i)%len(q.buf)]
	}
	q.buf, q.head = bigger, 0
}

func (q *ring) pop() (entry, bool) {
	if q.len == 0 {
		return entry{}, false
	}
	e := q.buf[q.head]
	q.buf[q.head] = entry{}
	q.head = (q.head + 1) % len(q.buf)
	q.len--
	return e, true
}

// lanes are the queue of a shard: what is urgent comes before the rest, each in its order. New requests are the rest;
// what was begun, the timers included, must not wait behind work that may be refused.
type lanes struct {
	urgent, rest ring
	taken        int // of the rest, since the shard began
}

func (q *lanes) len() int { return q.urgent.len + q.rest.len }

func (q *lanes) push(e entry) {
	if e.urgent {
		q.urgent.push(e)
		return
	}
	q.rest.push(e)
}

func (q *lanes) pop() (entry, bool) {
	if e, ok := q.urgent.pop(); ok {
		return e, true
	}
	e, ok := q.rest.pop()
	if ok {
		q.taken++
	}
	return e, ok
}
