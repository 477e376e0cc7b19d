package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
)

// TestAFrozenServerIsNotWaitedForByAll has many callers ask a server that hangs: the first ones
// wait for it, those that come later hear at once that it does not answer.
func TestAFrozenServerIsNotWaitedForByAll(t *testing.T) {
	s, url := dbtest.Own(t)
	o := patient() // nobody gives up while this test runs, however slowly
	o.Timeout, o.Silence = 5*time.Minute, 500*time.Millisecond
	d := openWith(t, url, o)
	s.Freeze()
	var first sync.WaitGroup
	for range 40 {
		first.Go(func() {
			if _, err := d.Select(context.Background(), db.Query{Table: "things"}); err != nil && !errors.Is(err, db.ErrStuck) {
				t.Error("one of the first:", err)
			}
		})
	}
	untilStuck(t, d)
	asked := d.Stats.Reads.Load()
	for range 100 {
		if _, err := d.Select(context.Background(), db.Query{Table: "things"}); !errors.Is(err, db.ErrStuck) {
			t.Fatal("a read of a frozen server:", err)
		}
		if err := d.Write(thing(1, "a")); !errors.Is(err, db.ErrStuck) {
			t.Fatal("a write to a frozen server:", err)
		}
	}
	if n := d.Stats.Reads.Load() - asked; n != 0 {
		t.Errorf("%d of those that came later were held", n)
	}
	s.Thaw()
	first.Wait()
	if err := d.Write(thing(2, "b")); err != nil {
		t.Error("after it goes on:", err)
	}
}

// untilStuck asks a frozen server with little patience until it is known not to answer.
func untilStuck(t *testing.T, d *db.DB) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		_, err := d.Select(ctx, db.Query{Table: "things"})
		cancel()
		if errors.Is(err, db.ErrStuck) {
			return
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal("a frozen server answers:", err)
		}
	}
	t.Fatal("a frozen server is waited for by all")
}

// TestAFrozenServerHoldsNobodyForLong: each caller gets an error while the server still hangs,
// and once the loss is seen no later one is held.
func TestAFrozenServerHoldsNobodyForLong(t *testing.T) {
	s, url := dbtest.Own(t)
	d := openWith(t, url, impatient())
	s.Freeze()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if d.Write(thing(i, fmt.Sprint("lost ", i))) == nil {
				t.Error("a frozen server took a write")
			}
		})
		all.Go(func() {
			if _, err := d.Select(context.Background(), db.Query{Table: "things"}); err == nil {
				t.Error("a frozen server was read")
			}
		})
	}
	within(t, "giving up", all.Wait)
	if !d.Down() {
		t.Error("the loss of the server was not seen")
	}
	tried := d.Stats.Reads.Load() + d.Stats.Commits.Load()
	if err := d.Later(thing(100, "late")); err != nil {
		t.Error(err)
	}
	if err := d.Write(thing(101, "refused")); !errors.Is(err, db.ErrDown) {
		t.Error(err)
	}
	if _, err := d.Select(context.Background(), db.Query{Table: "things"}); !errors.Is(err, db.ErrDown) {
		t.Error(err)
	}
	if n := d.Stats.Reads.Load() + d.Stats.Commits.Load() - tried; n != 0 {
		t.Errorf("a lost database was asked %d times", n)
	}
	s.Thaw()
	flush(t, d)
}
