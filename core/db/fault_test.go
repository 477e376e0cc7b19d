package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
)

// impatient makes the waits short of a test that is about them.
func impatient() db.Options {
	o := db.DefaultOptions()
	o.Timeout, o.Retry = 2*time.Second, 300*time.Millisecond
	o.SQLite.BusyTimeout = 100 * time.Millisecond
	return o
}

// within fails the test where f hangs. Its bound is far above what any of them takes, so that
// a busy machine is not taken for it.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal(what, "never ends")
	}
}

// until waits for what the other goroutines bring about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain until", what)
		}
	}
}

func flush(t *testing.T, d *db.DB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := d.Flush(ctx); err != nil {
		t.Fatal("flush:", err)
	}
}

func countThings(t *testing.T, d *db.DB) int {
	t.Helper()
	r, err := d.Read(context.Background(), "SELECT count(*) FROM things")
	if err != nil {
		t.Fatal(err)
	}
	return int(r.Rows[0].Int(0))
}

func TestAKilledServerLosesNothingAcknowledged(t *testing.T) {
	s, url := dbtest.Own(t)
	d := openWith(t, url, impatient())
	stop := make(chan struct{})
	var mu sync.Mutex
	acknowledged := map[int]bool{}
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for id := w; ; id += 8 {
				select {
				case <-stop:
					return
				default:
				}
				if d.Write(thing(id, fmt.Sprint(id))) == nil {
					mu.Lock()
					acknowledged[id] = true
					mu.Unlock()
				}
			}
		})
	}
	more := func(than int) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(acknowledged) > than
		}
	}
	until(t, "rows are acknowledged", more(20))
	s.Kill()
	until(t, "the loss is seen", d.Down)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	flush(t, d)
	mu.Lock()
	before := len(acknowledged)
	mu.Unlock()
	until(t, "rows are acknowledged again", more(before))
	close(stop)
	all.Wait()
	rows, err := d.Select(context.Background(), db.Query{Table: "things", Columns: []string{"id"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		delete(acknowledged, int(r.Int(0)))
	}
	if len(rows) == 0 || len(acknowledged) != 0 {
		t.Errorf("of %d rows %d are missing that were acknowledged", len(rows), len(acknowledged))
	}
}

func TestConnectionsThatTheServerClosedAreMadeAgain(t *testing.T) {
	s, url := dbtest.Own(t)
	o := patient()
	o.Retry = 20 * time.Second // for another connection, on a busy machine
	d := openWith(t, url, o)
	for i := range 5 {
		if err := d.Write(thing(i, fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		if n := countThings(t, d); n != i+1 {
			t.Fatal(n)
		}
		if err := s.Run("", "KILL USER root"); err != nil && !strings.Contains(err.Error(), "killed") {
			t.Fatal(err)
		}
	}
	if d.Stats.Lost.Load() != 0 {
		t.Error("closed connections were taken for a lost server")
	}
}

// holder is another client that holds a lock which our writes need.
func holder(t *testing.T, url string) (release func()) {
	t.Helper()
	other := openRaw(t, url)
	begin := "BEGIN IMMEDIATE"
	if strings.HasPrefix(url, "mysql") {
		begin = "START TRANSACTION"
	}
	for _, text := range []string{begin, "UPDATE things SET n=n+1 WHERE id=1"} {
		if _, err := other.ExecContext(context.Background(), text); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if _, err := other.ExecContext(context.Background(), "ROLLBACK"); err != nil {
			t.Error(err)
		}
	}
}

func TestALockOfAnotherClient(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		o := impatient()
		o.Timeout = 4 * time.Second // the server waits half of it for a lock
		d := openWith(t, url, o)
		if err := d.Write(thing(1, "one")); err != nil {
			t.Fatal(err)
		}
		release := holder(t, url)
		set := db.Update("things", []db.Col{{Name: "n", Value: 77}}, db.Eq("id", 1))
		within(t, "a write that meets a lock", func() {
			if err := d.Write(set); !errors.Is(err, db.ErrBlocked) {
				t.Error("a locked row was written:", err)
			}
		})
		if err := d.Later(set); err != nil {
			t.Error(err)
		}
		if d.Down() || countThings(t, d) != 1 {
			t.Error("readers were kept away")
		}
		release()
		flush(t, d)
		rows, err := d.Select(context.Background(), db.Query{Table: "things", Columns: []string{"n"}})
		if err != nil || rows[0].Int(0) != 77 {
			t.Error("what may be late was lost:", rows, err)
		}
	})
}

func TestAFullDisk(t *testing.T) {
	d := openWith(t, dbtest.SQLite(t), impatient())
	if err := d.Write(db.Exec("PRAGMA max_page_count=10")); err != nil {
		t.Fatal(err)
	}
	big := db.Insert("things", db.Col{Name: "id", Value: 1}, db.Col{Name: "body", Value: make([]byte, 100000)})
	if err := d.Write(big); !errors.Is(err, db.ErrBlocked) {
		t.Error("written to a full disk:", err)
	}
	if err := d.Later(big); err != nil {
		t.Error(err)
	}
	if d.Down() || countThings(t, d) != 0 {
		t.Error("a full disk keeps readers away")
	}
	for d.Write(db.Exec("PRAGMA max_page_count=1000")) != nil {
		time.Sleep(time.Millisecond)
	}
	flush(t, d)
	if countThings(t, d) != 1 {
		t.Error("what may be late was lost")
	}
}

func TestTheContextOfAReaderIsItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := d.Select(ctx, db.Query{Table: "things"}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		ctx, cancel = context.WithTimeout(context.Background(), time.Nanosecond)
		defer cancel()
		if _, err := d.Select(ctx, db.Query{Table: "things"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if d.Down() || d.Stats.Lost.Load() != 0 {
			t.Error("a caller's context was taken for a lost database")
		}
		own := errors.New("of the caller")
		if err := d.Write(thing(1, "one")); err != nil {
			t.Fatal(err)
		}
		if err := d.Each(context.Background(), db.Query{Table: "things"}, func(db.Row) error { return own }); err != own {
			t.Error(err)
		}
	})
}

func TestASlowQuestionIsNoLostServer(t *testing.T) {
	o := impatient()
	o.Retry = 20 * time.Second // to look whether the server is there, on a busy machine
	d := openWith(t, dbtest.MariaDB(t), o)
	within(t, "a slow question", func() {
		if _, err := d.Read(context.Background(), "SELECT SLEEP(20)"); err == nil {
			t.Error("no error")
		}
	})
	if d.Stats.Lost.Load() != 0 {
		t.Error("the server was taken for lost")
	}
}
