package db_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
)

func TestQueuesHaveABound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		o := impatient()
		o.Waiting, o.Later = 4, 3
		o.Timeout = 4 * time.Second // the server waits half of it for a lock
		d := openWith(t, url, o)
		if err := d.Write(thing(1, "one")); err != nil {
			t.Fatal(err)
		}
		release := holder(t, url)
		defer release()
		set := db.Update("things", []db.Col{{Name: "n", Value: 77}}, db.Eq("id", 1))
		var all sync.WaitGroup
		var mu sync.Mutex
		var busy int
		for range 40 {
			all.Go(func() {
				if errors.Is(d.Write(set), db.ErrBusy) {
					mu.Lock()
					busy++
					mu.Unlock()
				}
			})
		}
		within(t, "a full queue of late writes", func() {
			for errors.Is(nil, d.Later(set)) && t.Context().Err() == nil {
				time.Sleep(time.Millisecond)
			}
		})
		all.Wait()
		if busy == 0 || d.Stats.Dropped.Load() == 0 {
			t.Errorf("%d were refused, %d dropped", busy, d.Stats.Dropped.Load())
		}
	})
}

func TestCloseAnswersAllWhoWait(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := openWith(t, url, impatient())
		if err := d.Write(thing(1, "one")); err != nil {
			t.Fatal(err)
		}
		release := holder(t, url)
		defer release()
		set := db.Update("things", []db.Col{{Name: "n", Value: 77}}, db.Eq("id", 1))
		_ = d.Later(set)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if d.Write(set) == nil {
					t.Error("a locked row was written")
				}
			})
		}
		within(t, "closing", func() { _ = d.Close() })
		within(t, "answering", all.Wait)
		if err := d.Write(set); !errors.Is(err, db.ErrClosed) {
			t.Error("a closed database:", err)
		}
		if err := d.Later(set); !errors.Is(err, db.ErrClosed) {
			t.Error("a closed database:", err)
		}
	})
}

func TestCloseWritesWhatIsLeft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		const n = 3000
		for i := range n {
			if err := d.Later(thing(i, fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := db.Open(url, db.DefaultOptions())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = again.Close() }()
		if got := countThings(t, again); got != n {
			t.Errorf("%d of %d", got, n)
		}
	})
}
