package db

import (
	"errors"
	"testing"
)

func TestThoseWhoMayBeLateAreNotStarved(t *testing.T) {
	var q queue
	q.init(100, 100, 1)
	for range 100 {
		if err := errors.Join(q.push(&job{}), q.push(&job{late: true})); err != nil {
			t.Fatal(err)
		}
	}
	count := func(list []*job) (waiting, late int) {
		for _, j := range list {
			if j.late {
				late++
			} else {
				waiting++
			}
		}
		return waiting, late
	}
	if w, l := count(q.take(nil, 40, true)); w != 30 || l != 10 {
		t.Errorf("%d that wait and %d late ones", w, l)
	}
	if w, l := count(q.take(nil, 40, false)); w != 40 || l != 0 {
		t.Errorf("%d that wait and %d late ones while these are held back", w, l)
	}
	if w, l := count(q.take(nil, 200, true)); w != 30 || l != 90 {
		t.Errorf("%d that wait and %d late ones at the end", w, l)
	}
}

func TestQueueKeepsItsOrder(t *testing.T) {
	var q queue
	q.init(8, 8, 1)
	next, seen := int64(0), int64(0)
	for range 1000 {
		for q.push(&job{late: true, affected: next}) == nil {
			next++
		}
		taken := q.take(nil, 3, true)
		for i, j := range taken {
			if j.affected != seen+int64(i) {
				t.Fatalf("number %d came for %d", j.affected, seen+int64(i))
			}
		}
		q.giveBack(taken[1:])
		seen++
	}
}

// TestQueueIsBoundedByBytes: what is given back counts again, and one that is larger than all the room is taken alone.
func TestQueueIsBoundedByBytes(t *testing.T) {
	var q queue
	q.init(100, 100, 1000)
	large := func() *job {
		return &job{late: true, size: size([]Write{Insert("t", Col{"a", string(make([]byte, 190))})})} // 398 with what surrounds it
	}
	fill := func(want int) {
		t.Helper()
		n := 0
		for q.push(large()) == nil {
			n++
		}
		if n != want {
			t.Errorf("%d are taken, want %d", n, want)
		}
	}
	fill(2)
	taken := q.take(nil, 2, true)
	if n, bytes := q.kept(); n != 0 || bytes != 0 {
		t.Errorf("%d left with %d bytes", n, bytes)
	}
	fill(2)
	q.giveBack(taken)
	if n, bytes := q.kept(); n != 4 || bytes != 4*398 {
		t.Errorf("%d with %d bytes", n, bytes)
	}
	fill(0)
	q.take(nil, 4, true)
	if err := q.push(&job{late: true, size: 5000}); err != nil {
		t.Error(err)
	}
}
