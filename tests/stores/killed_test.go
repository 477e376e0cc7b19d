package stores

import (
	"context"
	"fmt"
	"math/rand"
	"sync"
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
	acked binding // as the last 200 said
	asked binding // as the request wants it that had no answer; the same as acked if all had
}

// run goes on until ctx ends. A request without an answer may have been done or not.
func (u *user) run(ctx context.Context, c *Client, rng *rand.Rand) (answered int) {
	for ctx.Err() == nil {
		next := binding{there: rng.Intn(5) > 0, cseq: u.asked.cseq + 1}
		expires := 0
		if next.there {
			expires = 600
		}
		u.asked = next
		reply, err := c.Register(ctx, u.name+"@h.test", fmt.Sprintf("<sip:%s@192.0.2.1>;expires=%d", u.name, expires),
			"Call-ID: "+u.name+"-"+c.name, fmt.Sprintf("CSeq: %d REGISTER", next.cseq))
		if err != nil {
			return answered
		}
		if Status(reply) == 200 {
			u.acked = next
			answered++
		}
	}
	return answered
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
	if !got.same(u.acked) && !got.same(u.asked) {
		t.Errorf("%s: %+v after the restart; acknowledged was %+v, under way %+v", u.name, got, u.acked, u.asked)
	}
	u.acked = got
}

func (b binding) same(o binding) bool { return b.there == o.there && (!b.there || b.cseq == o.cseq) }

const usersAtOnce = 100

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
		if t.Failed() || n == 0 {
			t.Fatalf("%d requests were answered in this round", n)
		}
	}
	t.Logf("%d rounds, %d REGISTERs answered 200, none lost", rounds, total)
}

// killedOnce loads the server and kills it; it tells how many requests were answered.
func killedOnce(t *testing.T, s *Server, c *Client, users []*user, rng *rand.Rand) (answered int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var mu sync.Mutex
	for _, u := range users {
		own := rand.New(rand.NewSource(rng.Int63()))
		all.Go(func() {
			n := u.run(ctx, c, own)
			mu.Lock()
			answered += n
			mu.Unlock()
		})
	}
	time.Sleep(200*time.Millisecond + time.Duration(rng.Int63n(int64(800*time.Millisecond))))
	s.Kill()
	time.Sleep(20 * time.Millisecond) // answers that are on their way count
	cancel()
	all.Wait()
	return answered
}
