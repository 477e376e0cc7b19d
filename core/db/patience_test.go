package db

import (
	"testing"
	"time"
)

func TestPatience(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name        string
		every, took time.Duration // of commits
		writes      int           // in each
		left        bool
	}{
		{"few and fast", 5 * ms, ms / 2, 1, true},
		{"a second between two", time.Second, ms, 1, true},
		{"many that are fast", ms, ms / 2, 1, true},
		{"so many that they wait for each other", ms, 9 * ms / 10, 1, false},
		{"so many, committed together", 4 * ms, ms, 4, false},
		{"slow", time.Second, 3 * ms, 1, false},
	} {
		var p patience
		at := time.Unix(1e9, 0)
		for range 1000 {
			at = at.Add(c.every)
			p.note(c.writes, at.Add(-c.took), at)
		}
		if p.left() != c.left {
			t.Errorf("%s: %v, took %v, credit %v", c.name, p.left(), p.took, p.credit)
		}
	}
}

// TestPatienceComesBack: a commit that took long is forgotten after some that did not.
func TestPatienceComesBack(t *testing.T) {
	var p patience
	at := time.Unix(1e9, 0)
	p.note(1, at.Add(-time.Second), at)
	for n := range 100 {
		if p.left() {
			if n < 10 {
				t.Errorf("after %d", n)
			}
			return
		}
		at = at.Add(5 * time.Millisecond)
		p.note(1, at.Add(-time.Millisecond/2), at)
	}
	t.Error("after 100 it is not yet back")
}
