package stores

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db/dbtest"
)

// What is asked of a server whose database is gone, where the machine is its own (MOONROUTE_LOAD=full).
const (
	refusalBound  = 500 * time.Millisecond // a REGISTER is refused within this time
	othersBound   = 100 * time.Millisecond // a request that needs no database takes at most this long
	recoveryBound = time.Second            // REGISTERs work again after the database's return
)

// heldBound is what is asked in any case: a request that waits for the database takes longer,
// and one that does not takes some milliseconds.
const heldBound = time.Second

// load sends requests of one kind from some goroutines until it is stopped.
type load struct {
	pause   time.Duration // between an answer and the next request of a goroutine
	stop    context.CancelFunc
	workers sync.WaitGroup

	mu      sync.Mutex
	answers answers
}

// answer is what came of one request.
type answer struct {
	at     time.Time
	took   time.Duration
	status int
	reply  string
}

// answers are in the order in which the requests were sent, once the load has ended.
type answers []answer

// Kinds of answers.
func accepted(a answer) bool   { return a.status == 200 }
func refused(a answer) bool    { return a.status >= 500 }
func unanswered(a answer) bool { return a.status == 0 }

func (list answers) those(kind func(answer) bool) (some answers) {
	for _, a := range list {
		if kind(a) {
			some = append(some, a)
		}
	}
	return some
}

// between are the answers to requests that were sent after the one instant and answered before the other.
func (list answers) between(from, to time.Time) answers {
	return list.those(func(a answer) bool { return a.at.After(from) && a.at.Add(a.took).Before(to) })
}

// within is how long all but some of a hundred took at most, the quickest first.
func (list answers) within(percent int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	var took []time.Duration
	for _, a := range list {
		took = append(took, a.took)
	}
	slices.Sort(took)
	return took[min(len(took)*percent/100, len(took)-1)]
}

// String is for the test's log.
func (list answers) String() string {
	count := map[int]int{}
	for _, a := range list {
		count[a.status]++
	}
	return fmt.Sprintf("by status %v, half within %v, 99%% within %v, the slowest %v", count, list.within(50), list.within(99), list.within(100))
}

// startLoads sends REGISTERs, and besides OPTIONS, which need no database.
func startLoads(t *testing.T, c *Client, workers int) (registers, others *load) {
	registers = startLoad(t, workers, time.Duration(workers)*time.Millisecond, c, func(i int) string {
		u := fmt.Sprintf("u%d@h.test", i)
		return c.Request("REGISTER", u, u, "", "Contact: <sip:x@192.0.2.1>;expires=600")
	})
	others = startLoad(t, 4, 2*time.Millisecond, c, func(i int) string { return c.Request("OPTIONS", "a@h.test", "b@h.test", "") })
	return registers, others
}

func startLoad(t *testing.T, workers int, pause time.Duration, c *Client, request func(i int) string) *load {
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

// await waits until there are so many answers of a kind to requests sent after an instant.
func (l *load) await(t *testing.T, what string, since time.Time, kind func(answer) bool, n int) {
	t.Helper()
	Eventually(t, what, func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		some := l.answers.those(func(a answer) bool { return a.at.After(since) && kind(a) })
		return len(some) >= n
	})
}

// end stops the load and gives the answers in their order.
func (l *load) end() answers {
	l.stop()
	l.workers.Wait()
	slices.SortFunc(l.answers, func(a, b answer) int { return a.at.Compare(b.at) })
	return l.answers
}

// TestDatabaseStopped takes MariaDB away and brings it back under load. With db_mode 2 rows are
// written later, so that REGISTERs are accepted all the time.
func TestDatabaseStopped(t *testing.T) {
	for mode, kind := range map[int]func(answer) bool{1: refused, 2: accepted, 3: refused} {
		t.Run(fmt.Sprint("db_mode ", mode), func(t *testing.T) { databaseStopped(t, mode, kind) })
	}
}

func databaseStopped(t *testing.T, mode int, meanwhile func(answer) bool) {
	m, url := dbtest.Own(t)
	s := newRegistrar(t, mode, url)
	s.Start()
	c := NewClient(t, s.Addr())
	registers, others := startLoads(t, c, 8)
	registers.await(t, "REGISTERs are accepted", time.Time{}, accepted, 100)
	m.Kill()
	gone := time.Now()
	registers.await(t, "REGISTERs are answered without the database", gone, meanwhile, 200)
	if mode != 3 && len(lookup(t, s, "u1").Contacts) != 1 {
		t.Error("a contact in memory is not found")
	}
	others.await(t, "requests without a database are answered meanwhile", gone, accepted, 200)
	starting := time.Now()
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	registers.await(t, "REGISTERs are accepted again", back, accepted, 100)
	list := registers.end()
	checkOthers(t, others.end())
	without := list.between(gone, starting)
	if n := len(without.those(meanwhile)); n != len(without) {
		t.Errorf("%d of %d REGISTERs without the database are answered otherwise than they should", len(without)-n, len(without))
	}
	if n := len(list.those(unanswered)); n > 0 {
		t.Errorf("%d REGISTERs got no answer", n)
	}
	checkQuick(t, "REGISTERs without the database", without, refusalBound)
	checkReturn(t, list, back)
	checkStored(t, s, list)
}

// checkQuick: nobody waits for a database. What takes how long exactly is asked where the machine is the test's own.
func checkQuick(t *testing.T, what string, list answers, bound time.Duration) {
	t.Helper()
	t.Logf("%s: %v", what, list)
	if took := list.within(50); took > heldBound {
		t.Errorf("%s: half of them took more than %v", what, took)
	}
	if took := list.within(99); full() && took > bound {
		t.Errorf("%s: 99%% within %v", what, took)
	}
}

func checkOthers(t *testing.T, list answers) {
	t.Helper()
	checkQuick(t, "requests without a database", list, othersBound)
	for _, a := range list {
		if a.status != 200 {
			t.Fatalf("a request without a database got %d", a.status)
		}
	}
}

// checkReturn: REGISTERs are accepted soon after the database's return.
func checkReturn(t *testing.T, list answers, back time.Time) {
	t.Helper()
	first := slices.MinFunc(list.those(func(a answer) bool { return a.at.After(back) && accepted(a) }),
		func(a, b answer) int { return a.at.Add(a.took).Compare(b.at.Add(b.took)) })
	took := first.at.Add(first.took).Sub(back)
	t.Logf("the first REGISTER is accepted %v after the database's return", took)
	if full() && took > recoveryBound {
		t.Errorf("the first REGISTER is accepted %v after the database's return", took)
	}
}

// checkStored: what was answered 200 is in force after a restart; every fifth is looked at.
func checkStored(t *testing.T, s *Server, list answers) {
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
