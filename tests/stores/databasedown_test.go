package stores

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db/dbtest"
)

// What is asked of a server whose database is gone.
const (
	refusalBound  = 500 * time.Millisecond // a REGISTER is refused within this time
	othersBound   = 100 * time.Millisecond // a request that needs no database takes at most this long
	recoveryBound = time.Second            // REGISTERs work again after the database's return
)

// load sends requests of one kind from some goroutines until it is stopped.
type load struct {
	pause   time.Duration // between an answer and the next request of a goroutine
	stop    context.CancelFunc
	workers sync.WaitGroup

	mu      sync.Mutex
	answers []answer
}

// answer is what came of one request.
type answer struct {
	at     time.Time
	took   time.Duration
	status int
	reply  string
}

func startLoad(t *testing.T, c *Client, workers int, pause time.Duration, request func(i int) string) *load {
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{pause: pause, stop: cancel}
	var n atomic.Int64
	for range workers {
		l.workers.Go(func() {
			for ctx.Err() == nil {
				l.one(ctx, c, request(int(n.Add(1))))
			}
		})
	}
	return l
}

func (l *load) one(ctx context.Context, c *Client, request string) {
	patient, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	begin := time.Now()
	reply, _ := c.Ask(patient, request)
	a := answer{begin, time.Since(begin), Status(reply), reply}
	l.mu.Lock()
	l.answers = append(l.answers, a)
	l.mu.Unlock()
	select { // a steady load, not all that the machine can do
	case <-ctx.Done():
	case <-time.After(l.pause):
	}
}

// end stops the load and gives the answers in their order.
func (l *load) end() []answer {
	l.stop()
	l.workers.Wait()
	slices.SortFunc(l.answers, func(a, b answer) int { return a.at.Compare(b.at) })
	return l.answers
}

// longest is the longest time and the slowest of a hundred.
func longest(list []answer) (all, ninetyNine time.Duration) {
	var took []time.Duration
	for _, a := range list {
		took = append(took, a.took)
	}
	slices.Sort(took)
	return took[len(took)-1], took[len(took)*99/100]
}

// TestDatabaseStopped takes MariaDB away and brings it back under load.
func TestDatabaseStopped(t *testing.T) {
	for mode, refused := range map[int]bool{1: true, 2: false, 3: true} {
		t.Run(fmt.Sprint("db_mode ", mode), func(t *testing.T) { databaseStopped(t, mode, refused) })
	}
}

func newMariaDB(t *testing.T) *dbtest.Server {
	t.Helper()
	m, err := dbtest.NewServer(t.TempDir())
	if errors.Is(err, dbtest.ErrMissing) {
		t.Skip("left out: " + err.Error())
	}
	if err == nil {
		err = m.Start()
	}
	if err == nil {
		err = m.Run("", "CREATE DATABASE d")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Kill)
	return m
}

func databaseStopped(t *testing.T, mode int, refused bool) {
	m := newMariaDB(t)
	s := newRegistrar(t, mode, m.URL("d"))
	s.Start()
	c := NewClient(t, s.Addr())
	registers := startLoad(t, c, 8, 2*time.Millisecond, func(i int) string {
		u := fmt.Sprintf("u%d@h.test", i)
		return c.Request("REGISTER", u, u, "", "Contact: <sip:x@192.0.2.1>;expires=600")
	})
	others := startLoad(t, c, 4, 2*time.Millisecond, func(i int) string { return c.Request("OPTIONS", "a@h.test", "b@h.test", "") })
	time.Sleep(500 * time.Millisecond)
	m.Kill()
	gone := time.Now()
	time.Sleep(time.Second)
	if mode != 3 && len(lookup(t, s, "u1").Contacts) != 1 {
		t.Error("a contact in memory is not found")
	}
	time.Sleep(500 * time.Millisecond)
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	time.Sleep(recoveryBound + time.Second)
	checkRegisters(t, registers.end(), gone, back, refused)
	checkOthers(t, others.end())
	checkStored(t, s, registers.answers)
}

// checkRegisters: refused at once while the database is gone, accepted soon after its return.
func checkRegisters(t *testing.T, list []answer, gone, back time.Time, refused bool) {
	t.Helper()
	var first time.Time
	count := map[int]int{}
	for _, a := range list {
		count[a.status]++
		meanwhile := a.at.After(gone.Add(200*time.Millisecond)) && a.at.Before(back.Add(-200*time.Millisecond))
		if meanwhile && a.status == 200 == refused {
			t.Errorf("a REGISTER without the database got %d", a.status)
			break
		}
		if a.status == 0 || a.took > refusalBound && meanwhile {
			t.Errorf("a REGISTER took %v for status %d", a.took, a.status)
		}
		if first.IsZero() && a.at.After(back.Add(-200*time.Millisecond)) && a.status == 200 {
			first = a.at.Add(a.took)
		}
	}
	if first.IsZero() || first.Sub(back) > recoveryBound {
		t.Errorf("the first REGISTER is accepted %v after the database's return", first.Sub(back))
	}
	worst, most := longest(list)
	t.Logf("REGISTER by status %v, 99%% within %v, the slowest %v; accepted %v after the return", count, most, worst, first.Sub(back))
}

func checkOthers(t *testing.T, list []answer) {
	t.Helper()
	worst, most := longest(list)
	if most > othersBound {
		t.Errorf("requests without a database: 99%% within %v", most)
	}
	for _, a := range list {
		if a.status != 200 {
			t.Fatalf("a request without a database got %d", a.status)
		}
	}
	t.Logf("%d requests without a database: 99%% within %v, the slowest %v", len(list), most, worst)
}

// checkStored: what was answered 200 is in force after a restart; every fifth is looked at.
func checkStored(t *testing.T, s *Server, list []answer) {
	t.Helper()
	s.Stop() // db_mode 2 writes what is left
	s.Start()
	for i, a := range list {
		user, _, _ := cutUser(Header(a.reply, "To"))
		if a.status == 200 && i%5 == 0 && len(lookup(t, s, user).Contacts) != 1 {
			t.Fatalf("%s was registered and is not after the restart", user)
		}
	}
}
