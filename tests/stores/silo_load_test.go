package stores

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db/dbtest"
)

// cpu is the time that all threads of the server's process have spent on a processor.
func (s *Server) cpu() (total time.Duration) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", s.PID()))
	for _, name := range files {
		text, _ := os.ReadFile(name) //nolint:gosec // a thread of our process
		ns, _, _ := strings.Cut(string(text), " ")
		n, _ := strconv.ParseInt(ns, 10, 64)
		total += time.Duration(n)
	}
	return total
}

// memory is the resident memory of the process in MiB, now and at its highest.
func (s *Server) memory() (now, peak int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID()))
	for line := range strings.SplitSeq(string(text), "\n") {
		_, _ = fmt.Sscanf(line, "VmRSS: %d kB", &now)
		_, _ = fmt.Sscanf(line, "VmHWM: %d kB", &peak)
	}
	return now / 1024, peak / 1024
}

// storing is what came of a load of messages at a fixed rate.
type storing struct {
	sent, failed int
	took         time.Duration
	waits        []time.Duration // for the answers, sorted
}

// storeAt sends messages at a rate. At most so many wait for their answer; the full load goes on
// whether answers come or not.
func storeAt(t *testing.T, c *Client, rate, n int) (r storing) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n/rate)*time.Second+patience)
	defer cancel()
	var all sync.WaitGroup
	var mu sync.Mutex
	under := make(chan struct{}, Rounds(12, n))
	start := time.Now()
	for i := range n {
		time.Sleep(time.Until(start.Add(time.Duration(i) * time.Second / time.Duration(rate))))
		request := c.Request("MESSAGE", "alice@h.test", fmt.Sprintf("u%d@h.test", i%5000), fmt.Sprint("load ", i), "Content-Type: text/plain")
		under <- struct{}{}
		all.Go(func() {
			defer func() { <-under }()
			begin := time.Now()
			reply, err := c.Ask(ctx, request)
			mu.Lock()
			defer mu.Unlock()
			r.waits = append(r.waits, time.Since(begin))
			if err != nil || Status(reply) != 202 {
				r.failed++
			}
		})
	}
	all.Wait()
	r.sent, r.took = n, time.Since(start)
	slices.Sort(r.waits)
	return r
}

// TestSiloStoresUnderLoad: every message of a steady load is answered 202, after its commit. The
// full load is 2000 a second.
func TestSiloStoresUnderLoad(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		s, d := newSiloServer(t, url)
		s.Start()
		c := NewClient(t, s.Addr())
		rate, n := Rounds(500, 2000), Rounds(500, 20000)
		storeAt(t, c, rate, rate/2) // warm
		stored, cpu := len(texts(t, d)), s.cpu()
		r := storeAt(t, c, rate, n)
		cpu = s.cpu() - cpu
		_, peak := s.memory()
		t.Logf("%d messages at %d/s: %d failed, %.0f/s answered, median %v, 99%% %v, longest %v, CPU %v each, %d MiB at most", r.sent, rate, r.failed,
			float64(r.sent)/r.took.Seconds(), r.waits[n/2].Round(time.Microsecond), r.waits[n*99/100].Round(time.Microsecond), r.waits[n-1].Round(time.Microsecond),
			cpu/time.Duration(n), peak)
		if r.failed > 0 {
			t.Errorf("%d of %d messages failed", r.failed, n)
		}
		if got := total(texts(t, d)) - stored; got < n-rate/2 {
			t.Errorf("%d rows for %d messages", got, n)
		}
	})
}

func total(found map[string]int) (n int) {
	for _, times := range found {
		n += times
	}
	return n
}

// TestSiloDumpsUnderLoad: the full load is 100,000 messages for 10,000 users, who all register.
func TestSiloDumpsUnderLoad(t *testing.T) {
	users, each := Rounds(200, 10000), 10
	dbtest.Each(t, func(t *testing.T, url string) {
		s, d := newSiloServer(t, url)
		s.Start()
		c := NewClient(t, s.Addr())
		var came atomic.Int64
		p := &phones{t: t, seen: map[string]*delivery{}}
		c.OnRequest = func(request string) string { came.Add(1); return p.take(request) }
		fill(t, d, users, each, c.Addr, "under load,")
		base, _ := s.memory()
		start, cpu := time.Now(), s.cpu()
		registerOwners(t.Context(), c, users, 50)
		registered := time.Since(start)
		for end := time.Now().Add(3 * time.Minute); len(texts(t, d)) > 0 && time.Now().Before(end); {
			registerOwners(t.Context(), c, users, 50) // a datagram may be lost, as anywhere
		}
		took := time.Since(start)
		cpu = s.cpu() - cpu
		_, peak := s.memory()
		got, doubled := p.counts()
		t.Logf("%d messages for %d users: registered in %v, silo empty after %v, %.0f messages/s, CPU %v a message, memory %d MiB before, %d at most",
			got, users, registered.Round(time.Millisecond), took.Round(time.Millisecond), float64(got)/took.Seconds(), cpu/time.Duration(got), base, peak)
		if left := len(texts(t, d)); got != users*each || doubled > 0 || left > 0 {
			t.Errorf("%d messages came, %d of them twice, %d are left", got, doubled, left)
		}
	})
}
