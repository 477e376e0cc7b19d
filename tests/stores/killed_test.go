package stores

import (
	"context"
	"fmt"
	"math/rand"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db/dbtest"
)

// binding is what a user has registered: the CSeq of the last REGISTER, or nothing.
type binding struct {
	there bool
	cseq  int
}

// user registers, refreshes and unregisters one contact, one request after the other.
type user struct {
	name  string
	acked binding   // as the last 200 said
	asked []binding // as later requests want it: one that had another answer, or none, may have been done
	cseq  int
}

// run goes on until ctx ends. A request without an answer may have been done or not.
func (u *user) run(ctx context.Context, c *Client, rng *rand.Rand, answered *atomic.Int64) {
	for ctx.Err() == nil {
		u.cseq++
		next := binding{there: rng.Intn(5) > 0, cseq: u.cseq}
		expires := 0
		if next.there {
			expires = 600
		}
		u.asked = append(u.asked, next)
		reply, err := c.Register(ctx, u.name+"@h.test", fmt.Sprintf("<sip:%s@192.0.2.1>;expires=%d", u.name, expires),
			"Call-ID: "+u.name+"-"+c.name, fmt.Sprintf("CSeq: %d REGISTER", next.cseq))
		if err != nil {
			return
		}
		if Status(reply) == 200 {
			u.acked, u.asked = next, nil
			answered.Add(1)
		}
	}
}

// check compares with what the server knows after its restart.
func (u *user) check(t *testing.T, s *Server) {
	t.Helper()
	f, got := lookup(t, s, u.name), binding{}
	if n := len(f.Contacts); n > 1 {
		t.Errorf("%s has %d contacts", u.name, n)
	} else if n == 1 {
		got = binding{true, f.Contacts[0].Contact.CSeq}
	}
	if !got.same(u.acked) && !slices.ContainsFunc(u.asked, got.same) {
		t.Errorf("%s: %+v after the restart; acknowledged was %+v, not acknowledged %+v", u.name, got, u.acked, u.asked)
	}
	u.acked, u.asked = got, nil
}

func (b binding) same(o binding) bool { return b.there == o.there && (!b.there || b.cseq == o.cseq) }

const usersAtOnce = 40 // as many wait for the database, and none is refused because the others do

// TestKilledWhileRegistering kills the server at random instants of a load of REGISTERs: each
// one that was answered 200 is in force after the restart.
func TestKilledWhileRegistering(t *testing.T) {
	for _, mode := range []int{1, 3} {
		t.Run(fmt.Sprint("db_mode ", mode), func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, url string) { killedRounds(t, newRegistrar(t, mode, url), Rounds(5, 20)) })
		})
	}
}

func killedRounds(t *testing.T, s *Server, rounds int) {
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewSource(seed))
	users := make([]*user, usersAtOnce)
	for i := range users {
		users[i] = &user{name: fmt.Sprintf("u%03d", i)}
	}
	s.Start()
	c, total := NewClient(t, s.Addr()), 0
	for range rounds {
		n := killedOnce(t, s, c, users, rng)
		total += n
		s.Start()
		for _, u := range users {
			u.check(t, s)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d rounds, %d REGISTERs answered 200, none lost", rounds, total)
}

// killedOnce loads the server and kills it; it tells how many requests were answered.
func killedOnce(t *testing.T, s *Server, c *Client, users []*user, rng *rand.Rand) (answered int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var count atomic.Int64
	for _, u := range users {
		own := rand.New(rand.NewSource(rng.Int63()))
		all.Go(func() { u.run(ctx, c, own, &count) })
	}
	Eventually(t, "REGISTERs are answered", func() bool { return count.Load() >= 10 })
	time.Sleep(time.Duration(rng.Int63n(int64(800 * time.Millisecond))))
	s.Kill()
	time.Sleep(20 * time.Millisecond) // answers that are on their way count
	cancel()
	all.Wait()
	return int(count.Load())
}
