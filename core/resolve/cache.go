package resolve

import (
	"context"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

// key is a question: a name in lower case without the final dot, and a type.
type key struct {
	name string
	kind Type
}

// answer is what is remembered of a question: records, or that there are none.
type answer struct {
	records []Record
	err     error     // why there are none; nil: the server said so without an error
	until   time.Time // zero: for ever
	used    time.Time
	size    int
}

// fresh tells whether the answer has not expired.
func (a *answer) fresh(now time.Time) bool { return a.until.IsZero() || now.Before(a.until) }

// cache remembers answers, within a bound, until they expire.
type cache struct {
	clock  clock.Clock
	values func() *Values

	mu      sync.Mutex
	answers map[key]*answer
	size    int
	swept   time.Time
	flights map[key]*flight
}

// flight is a question that is being asked. Who has the same one waits for its answer.
type flight struct {
	done    chan struct{}
	records []Record
	err     error
}

func (c *cache) init(clk clock.Clock, values func() *Values) {
	c.clock, c.values, c.swept = clk, values, clk.Now()
	c.answers, c.flights = map[key]*answer{}, map[key]*flight{}
}

// get is the remembered answer; with stale also one that has expired.
func (c *cache) get(k key, stale bool) (records []Record, ok bool, err error) {
	if !c.values().Cache {
		return nil, false, nil
	}
	now := c.clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.answers[k]
	if a == nil || !stale && !a.fresh(now) {
		return nil, false, nil
	}
	a.used = now
	return a.records, true, a.err
}

// note remembers what the DNS has answered, for the time that the records or the parameters say.
func (c *cache) note(k key, records []Record, err error) {
	v := c.values()
	keep := v.Negative
	if len(records) > 0 {
		keep = lifetime(records, v)
	}
	if !v.Cache || keep <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	if old := c.answers[k]; old != nil && old.fresh(now) && old.stays(v.Keep, now.Add(keep)) {
		return
	}
	c.store(k, &answer{records: records, err: err, until: now.Add(keep), used: now, size: sizeOf(k, records)})
}

// stays tells whether an answer that has not expired is kept though a new one came.
func (a *answer) stays(keep Keep, until time.Time) bool {
	return a.until.IsZero() || keep == KeepOld || keep == KeepLongest && a.until.After(until)
}

// lifetime is the shortest of the records' times to live, within the bounds of the parameters.
func lifetime(records []Record, v *Values) time.Duration {
	least := records[0].TTL
	for i := range records {
		least = min(least, records[i].TTL)
	}
	return max(min(time.Duration(least)*time.Second, v.MaxTTL), v.MinTTL)
}

// store puts an answer in if there is room. The caller holds the lock.
func (c *cache) store(k key, a *answer) bool {
	v, now := c.values(), c.clock.Now()
	c.remove(k)
	if now.Sub(c.swept) >= v.Sweep || c.size+a.size > v.Memory {
		c.sweep(now)
	}
	for v.MakeRoom && c.size+a.size > v.Memory && c.removeOldest() {
	}
	if c.size+a.size > v.Memory {
		return false
	}
	c.answers[k] = a
	c.size += a.size
	return true
}

func (c *cache) remove(k key) bool {
	a := c.answers[k]
	if a == nil {
		return false
	}
	c.size -= a.size
	delete(c.answers, k)
	return true
}

// sweep drops what has expired.
func (c *cache) sweep(now time.Time) {
	c.swept = now
	for k, a := range c.answers {
		if !a.fresh(now) {
			c.remove(k)
		}
	}
}

// removeOldest drops the answer that was unused for longest, unless it is one that was put there for ever.
func (c *cache) removeOldest() bool {
	var oldest key
	var since time.Time
	for k, a := range c.answers {
		if !a.until.IsZero() && (oldest == key{} || a.used.Before(since)) {
			oldest, since = k, a.used
		}
	}
	return c.remove(oldest)
}

// begin joins the flight of a question, or opens one; mine tells that the caller has to ask.
func (c *cache) begin(k key) (f *flight, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.flights[k]; f != nil {
		return f, false
	}
	f = &flight{done: make(chan struct{})}
	c.flights[k] = f
	return f, true
}

func (c *cache) end(k key, f *flight) {
	c.mu.Lock()
	delete(c.flights, k)
	c.mu.Unlock()
	close(f.done)
}

// ask answers out of the cache or by the DNS. It may block until ctx ends.
func (d *DNS) ask(ctx context.Context, k key) ([]Record, error) {
	list, err := d.known(k)
	if err != errUnknown {
		return list, err
	}
	f, mine := d.cache.begin(k)
	if !mine {
		select {
		case <-f.done:
			return f.records, f.err
		case <-ctx.Done():
			return nil, silent(k, ctx.Err())
		}
	}
	defer d.cache.end(k, f)
	if f.records, f.err = d.known(k); f.err != errUnknown { // another flight has just ended
		return f.records, f.err
	}
	start := d.opt.Clock.Now()
	f.records, f.err = d.opt.Source.Ask(ctx, k.name, k.kind)
	d.slow(k, d.opt.Clock.Now().Sub(start))
	if len(f.records) == 0 {
		d.Stats.Failed.Add(1)
	}
	d.cache.note(k, f.records, f.err)
	return f.records, f.err
}

func (d *DNS) slow(k key, took time.Duration) {
	if limit := d.Values().Slow; limit <= 0 || took < limit {
		return
	}
	d.Stats.Slow.Add(1)
	if d.opt.Slow != nil {
		d.opt.Slow(SlowQuery{k.name, k.kind, took})
	}
}

// maxAtOnce bounds the questions that one lookup asks at the same time.
const maxAtOnce = 8

// found is what a question was answered with.
type found struct {
	records []Record
	err     error
}

// warm asks several questions at once, so that a list of hosts takes as long as the slowest of them. What is known already is
// not among its answers.
func (d *DNS) warm(ctx context.Context, keys []key) map[key]found {
	var all sync.WaitGroup
	var mu sync.Mutex
	answers, room := map[key]found{}, make(chan struct{}, maxAtOnce)
	for _, k := range keys[:min(len(keys), maxTargets)] {
		if _, err := d.known(k); err != errUnknown {
			continue
		}
		room <- struct{}{}
		all.Go(func() {
			records, err := d.ask(ctx, k)
			mu.Lock()
			answers[k] = found{records, err}
			mu.Unlock()
			<-room
		})
	}
	all.Wait()
	return answers
}
