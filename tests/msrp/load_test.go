package msrp

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/msrp"
	"github.com/moonroute/moonroute/tests/inproc"
)

// load is how many sessions send how many messages each, in which time. All of it is run
// where MOONROUTE_LOAD is "full".
func load() (sessions, messages int, pause time.Duration) {
	if os.Getenv("MOONROUTE_LOAD") == "full" {
		return 1000, 60, 160 * time.Millisecond // 6,250 a second for ten seconds
	}
	return 50, 20, 10 * time.Millisecond
}

// TestLoad: within each session nothing is lost and nothing comes in another order.
func TestLoad(t *testing.T) {
	s := start(t)
	sessions, messages, pause := load()
	before := cpu(t)
	ends := make([]pair, sessions)
	for i := range ends {
		ends[i].from = s.Stream()
		ends[i].to, ends[i].path = session(t, s)
	}
	begun := time.Now()
	var all sync.WaitGroup
	for i := range ends {
		all.Go(func() { ends[i].send(messages, pause, time.Duration(i)*pause/time.Duration(sessions)) })
		all.Go(func() { ends[i].receive(messages) })
		all.Go(func() { ends[i].replies(messages) })
	}
	all.Wait()
	took := time.Since(begun)
	lost := 0
	for i := range ends {
		lost += messages - ends[i].got
		for _, err := range ends[i].errs {
			if err != nil {
				t.Errorf("session %d: %v", i, err)
			}
		}
	}
	total := sessions * messages
	t.Logf("%d sessions, %d SENDs in %v: %.0f/s, %d lost, %.0f us of CPU a SEND, the peers' part included", sessions, total, took,
		float64(total)/took.Seconds(), lost, (cpu(t)-before).Seconds()/float64(total)*1e6)
}

// pair is a session: who sends, and who has the path. The errors are those of the three who work on it.
type pair struct {
	from, to *inproc.Stream
	path     string
	got      int
	errs     [3]error
}

func (p *pair) send(messages int, pause, first time.Duration) {
	time.Sleep(first) // the load is spread over time
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for n := range messages {
		body := fmt.Sprintf("%d %s", n, strings.Repeat("x", 200))
		if err := p.from.Write(p.from.Frame(fmt.Sprintf("t%d", n), "SEND", p.path+" "+p.to.URI, headers(n, len(body)), body, msrp.Complete)); err != nil {
			p.errs[0] = err
			return
		}
		<-tick.C
	}
}

func (p *pair) receive(messages int) {
	for n := range messages {
		f, err := p.to.Read()
		if err != nil {
			p.errs[1] = fmt.Errorf("message %d: %w", n, err)
			return
		}
		if f.Header("Message-ID") != fmt.Sprintf("m%d", n) || !strings.HasPrefix(f.Body, fmt.Sprintf("%d x", n)) {
			p.errs[1] = fmt.Errorf("message %d is\n%s", n, f.Raw)
			return
		}
		p.got++
	}
}

func (p *pair) replies(messages int) {
	for n := range messages {
		f, err := p.from.Read()
		if err != nil || f.Code != 200 || f.ID != fmt.Sprintf("t%d", n) {
			p.errs[2] = fmt.Errorf("reply %d: %v, %w", n, f, err)
			return
		}
	}
}

func cpu(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestIdleMemory measures what a session costs that does nothing: its connection, its goroutine, its
// place in the map.
func TestIdleMemory(t *testing.T) {
	s := start(t)
	const sessions = 500
	memory := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	before := memory()
	for range sessions {
		session(t, s)
	}
	each := (memory() - before) / sessions
	t.Logf("%d bytes for an idle session and its peer in this process", each)
	if each > 40<<10 {
		t.Errorf("an idle session costs %d bytes", each)
	}
}
