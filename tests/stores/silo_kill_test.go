package stores

import (
	"context"
	"fmt"
	"math/rand"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
)

const siloServerConfig = `loadmodule "db_sqlite.so"
loadmodule "db_mysql.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "msilo.so"
modparam("msilo", "db_url", %q)
`

// newSiloServer makes the tables and the files of a server that stores every MESSAGE.
func newSiloServer(t *testing.T, url string) (*Server, *db.DB) {
	t.Helper()
	d := dbtest.Tables(t, url, "silo")
	return NewServer(t, fmt.Sprintf(siloServerConfig, url), siloScript), d
}

// texts are the bodies of the stored messages, each with how often it is there.
func texts(t *testing.T, d *db.DB) map[string]int {
	t.Helper()
	found := map[string]int{}
	err := d.Each(context.Background(), db.Query{Table: "silo", Columns: []string{"body"}}, func(r db.Row) error {
		found[r.Str(0)]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestKilledWhileStoring kills the server at random instants of a load of MESSAGEs: each one
// that was answered 202 is in the table, once.
func TestKilledWhileStoring(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		s, d := newSiloServer(t, url)
		s.Start()
		c, rounds, acked := NewClient(t, s.Addr()), Rounds(5, 20), map[string]bool{}
		for round := range rounds {
			storeUntilKilled(t, s, c, round, acked)
			s.Start()
			found := texts(t, d)
			for text := range acked {
				if found[text] != 1 {
					t.Fatalf("round %d: %q was answered 202 and is there %d times", round, text, found[text])
				}
			}
		}
		t.Logf("%d rounds, %d messages answered 202, none lost", rounds, len(acked))
	})
}

// sendersAtOnce is how many messages wait for their answer.
const sendersAtOnce = 100

// storeUntilKilled loads the server, kills it and notes what was answered.
func storeUntilKilled(t *testing.T, s *Server, c *Client, round int, acked map[string]bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var mu sync.Mutex
	var answered atomic.Int64
	for sender := range sendersAtOnce {
		all.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				text := fmt.Sprintf("%d-%d-%d", round, sender, i)
				reply, err := c.Ask(ctx, c.Request("MESSAGE", "alice@h.test", fmt.Sprintf("u%d@h.test", i%10), text, "Content-Type: text/plain"))
				if err == nil && Status(reply) == 202 {
					answered.Add(1)
					mu.Lock()
					acked[text] = true
					mu.Unlock()
				}
			}
		})
	}
	Eventually(t, "a message is answered", func() bool { return answered.Load() > 0 })
	time.Sleep(time.Duration(rand.Int63n(int64(600 * time.Millisecond))))
	s.Kill()
	time.Sleep(20 * time.Millisecond) // answers that are on their way count
	cancel()
	all.Wait()
}

// delivery is what a phone has seen of one message.
type delivery struct {
	callID   string
	branches map[string]bool // one for each time that it was sent
}

// phones are all phones of a test behind one socket. They accept every message.
type phones struct {
	t    *testing.T
	mu   sync.Mutex
	told string               // what the texts of this round begin with; what is sent again from one before is not counted
	seen map[string]*delivery // by the text
}

func (p *phones) take(request string) (reply string) {
	if !strings.HasPrefix(request, "MESSAGE ") {
		return ""
	}
	_, text, _ := strings.Cut(request, "\r\n\r\n")
	p.mu.Lock()
	defer p.mu.Unlock()
	if !strings.HasPrefix(text, p.told) {
		return accept(request)
	}
	d := p.seen[text]
	if d == nil {
		d = &delivery{callID: Header(request, "Call-ID"), branches: map[string]bool{}}
		p.seen[text] = d
	}
	if id := Header(request, "Call-ID"); id != d.callID {
		p.t.Errorf("%q came as %s and as %s", text, d.callID, id)
	}
	d.branches[Header(request, "Via")] = true
	return accept(request)
}

// accept is the 200 for a request.
func accept(request string) string {
	b := "SIP/2.0 200 OK\r\n"
	for _, name := range []string{"Via", "From", "Call-ID", "CSeq"} {
		b += name + ": " + Header(request, name) + "\r\n"
	}
	return b + "To: " + Header(request, "To") + ";tag=phone\r\nContent-Length: 0\r\n\r\n"
}

// counts tells how many messages have come, and how many of them more than once.
func (p *phones) counts() (came, doubled int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.seen {
		if len(d.branches) > 1 {
			doubled++
		}
	}
	return len(p.seen), doubled
}

// fill stores messages for users whose phone is at an address. Their texts begin with told.
func fill(t *testing.T, d *db.DB, users, each int, phone, told string) {
	t.Helper()
	now := time.Now().Unix()
	var rows []db.Write
	for i := range users * each {
		user := fmt.Sprintf("u%05d", i%users)
		rows = append(rows, db.Insert("silo", db.Col{Name: "src_addr", Value: "sip:alice@h.test"}, db.Col{Name: "dst_addr", Value: "sip:" + user + "@" + phone},
			db.Col{Name: "username", Value: user}, db.Col{Name: "domain", Value: "h.test"}, db.Col{Name: "ctype", Value: "text/x"},
			db.Col{Name: "body", Value: fmt.Sprint(told, " message ", i)}, db.Col{Name: "inc_time", Value: now}, db.Col{Name: "exp_time", Value: now + 3600}))
		if len(rows) == 1000 || i == users*each-1 {
			if err := d.Write(rows...); err != nil {
				t.Fatal(err)
			}
			rows = nil
		}
	}
}

// registerOwners has all users register, some at a time, until ctx ends.
func registerOwners(ctx context.Context, c *Client, users, atOnce int) {
	var all sync.WaitGroup
	next := make(chan int)
	for range atOnce {
		all.Go(func() {
			for i := range next {
				patient, cancel := context.WithTimeout(ctx, 2*time.Second)
				_, _ = c.Register(patient, fmt.Sprintf("u%05d@h.test", i), "<sip:phone@"+c.Addr+">") // the next round tries again
				cancel()
			}
		})
	}
	for i := range users {
		next <- i
	}
	close(next)
	all.Wait()
}

// TestKilledWhileDumping kills the server at random instants while messages are sent: none is
// lost, and what comes twice has the same Call-ID.
func TestKilledWhileDumping(t *testing.T) {
	const users, each = 100, 10
	dbtest.Each(t, func(t *testing.T, url string) {
		s, d := newSiloServer(t, url)
		s.Start()
		c := NewClient(t, s.Addr())
		p := &phones{t: t, seen: map[string]*delivery{}}
		c.OnRequest = p.take
		for round := range Rounds(3, 20) {
			p.begin(fmt.Sprintf("round %d,", round))
			fill(t, d, users, each, c.Addr, p.told)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() {
				defer close(done)
				registerOwners(ctx, c, users, 20)
			}()
			time.Sleep(time.Duration(rand.Int63n(int64(150 * time.Millisecond))))
			s.Kill()
			cancel()
			<-done
			s.Start()
			Eventually(t, "the silo is empty", func() bool {
				registerOwners(t.Context(), c, users, 20)
				return len(texts(t, d)) == 0
			})
			came, doubled := p.counts()
			if came != users*each {
				t.Errorf("round %d: %d of %d messages came", round, came, users*each)
			}
			t.Logf("round %d: %d messages, %d more than once, with the same Call-ID", round, came, doubled)
			p.forget()
		}
	})
}

// begin begins a round: only texts that begin so are counted from now on.
func (p *phones) begin(told string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = told
}

func (p *phones) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	callIDs := map[string]string{}
	for text, d := range p.seen {
		if other := callIDs[d.callID]; other != "" {
			p.t.Errorf("%q and %q have the Call-ID %s", text, other, d.callID)
		}
		callIDs[d.callID] = text
	}
	clear(p.seen)
}
