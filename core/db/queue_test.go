package db

import (
	"errors"
	"testing"
)

func TestThoseWhoMayBeLateAreNotStarved(t *testing.T) {
	var q queue
	q.init(100, 100)
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
	q.init(8, 8)
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
