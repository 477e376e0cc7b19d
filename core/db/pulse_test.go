package db_test

import (
	"context"
	"errors"
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
	d := open(t, url)
	s.Freeze()
	var first sync.WaitGroup
	for range 40 {
		first.Go(func() { _, _ = d.Select(context.Background(), db.Query{Table: "things"}) })
	}
	time.Sleep(700 * time.Millisecond) // the silence is measured on the machine's clock
	begin := time.Now()
	for range 100 {
		if _, err := d.Select(context.Background(), db.Query{Table: "things"}); !errors.Is(err, db.ErrStuck) {
			t.Fatal("a read of a frozen server:", err)
		}
		if err := d.Write(thing(1, "a")); !errors.Is(err, db.ErrDown) {
			t.Fatal("a write to a frozen server:", err)
		}
	}
	if took := time.Since(begin); took > 500*time.Millisecond {
		t.Errorf("200 callers were held for %v", took)
	}
	s.Thaw()
	first.Wait()
	if err := d.Write(thing(2, "b")); err != nil {
		t.Error("after it goes on:", err)
	}
}
