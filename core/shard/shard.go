// Package shard runs what belongs to one call in order, one thing at a time, without locks
// around the call's own state.
//
// An idle shard is run by the goroutine that brings the job: handing each datagram to another
// goroutine costs more than half of receiving it. A busy shard takes the job into its queue, and
// whoever runs the shard empties the queue before leaving.
package shard

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/load"
)

// Job is one thing to do inside a shard.
type Job interface{ Run() }

// Urgent is a job that may be a part of work that was begun. If it says so, it comes before the others that wait, and
// still has room where these are refused. It is asked only when it has to wait, by the goroutine that brings it.
type Urgent interface{ Urgent() bool }

// Func is a function as a Job.
type Func func()

// Run implements Job.
func (f Func) Run() { f() }

// Carrier is the duty of a goroutine that brings jobs: a reader of a socket, say. When a
// job has to wait, the goroutine stays with the job, and Relieve puts another one in its place.
type Carrier interface{ Relieve() }

// Limits bound what a shard may hold.
type Limits struct {
	Queue   int  // jobs that wait for the shard to be free; urgent ones have half as much room again
	Waiting int  // jobs that have let go of the shard; past it, Wait blocks the shard
	Held    int  // messages of one call that are held behind its waiting job
	TakeAll bool // new work has all the room of the queue, however far the shard is behind
}

// defaultLimits suit a server with some thousand calls a second.
var defaultLimits = Limits{Queue: 8192, Waiting: 256, Held: 64}

// Stats are counters of one shard; they may be read from any goroutine.
type Stats struct {
	Overload atomic.Uint64 // jobs refused because the queue was full
	HeldOver atomic.Uint64 // messages of a waiting call dropped because too many were held
	Waits    atomic.Uint64 // times that a job let go of the shard
	Refused  atomic.Uint64 // times that a script could not wait, because as many jobs waited as may
	Away     atomic.Int64  // jobs that have let go of it now
}

// never is when an idle wheel is due.
const never = math.MaxInt64

// Shard is one line of ordered work with its own timing wheel.
type Shard struct {
	ID    int
	Wheel *clock.Wheel // used only from inside the shard
	Clock clock.Clock
	Stats Stats
	Load  load.Gauge // how far the shard is behind; noted by whoever runs it
	// Park, if set, is called when a job lets go of the shard; what it gives is called when
	// the job is back. It puts aside what belongs to the running job. Set it before the start.
	Park func() (back func())

	// OnPanic is told of a job that panicked: the job is lost, the shard goes on. Nil: the
	// panic ends the program. It is set before the first job.
	OnPanic func(v any)
	// Later, if set, has the goroutine that moves a simulation call drain soon: where else a new
	// goroutine would run the queue. It is set before the first job.
	Later func(drain func())
	// Flush sends what was gathered, see Gathers; nil: nothing is. It is set before the first job, and may be called from any goroutine.
	Flush func()
	// OnDue is told when a timer is armed that comes before all others: Tick must be called
	// at that instant or after it. It is set before the first job.
	OnDue func(at time.Time)

	limits     Limits
	advanceJob Job
	began      time.Time
	due        atomic.Int64 // nanoseconds since it began, so that a clock set anew changes nothing

	mu      sync.Mutex
	busy    bool
	queue   lanes
	pace    pace
	tick    bool        // a wheel advance stands in the queue
	refused atomic.Bool // new work was, since the load was noted last

	gathering atomic.Bool // set by the goroutine that runs the shard

	// What follows belongs to the goroutine that runs the shard.
	carrier Carrier
	current *run
	spare   *run // reused by the next job, if the last one did not wait
	held    map[uint64]*heldCall
	waiting int
}

// entry is a job in the queue, or a job that comes back from waiting.
type entry struct {
	key    uint64
	job    Job
	must   bool // a timer or what Post was given: a transaction would stay for ever without it
	urgent bool // it comes before new work
	fresh  bool // the shard was idle when it came
	resume chan struct{}
}

// New makes an idle shard. A zero field of limits takes its default.
func New(id int, c clock.Clock, limits Limits) *Shard {
	if limits.Queue == 0 {
		limits.Queue = defaultLimits.Queue
	}
	if limits.Waiting == 0 {
		limits.Waiting = defaultLimits.Waiting
	}
	if limits.Held == 0 {
		limits.Held = defaultLimits.Held
	}
	s := &Shard{ID: id, Clock: c, Wheel: clock.NewWheel(c.Now()), began: c.Now(), limits: limits, held: map[uint64]*heldCall{}}
	s.advanceJob = Func(s.advance)
	s.due.Store(never)
	return s
}

// Submit runs the job now if the shard is idle, else queues it. Key names the call whose
// order the job keeps; 0 is none. It returns accepted=false if the queue is full, and
// relieved=true if the carrier's duty went to another goroutine meanwhile.
func (s *Shard) Submit(key uint64, j Job, c Carrier) (accepted, relieved bool) {
	e := entry{key: key, job: j}
	if !s.take() {
		if queued, ok := s.enqueue(&e); queued {
			return ok, false
		}
	}
	s.carrier = c
	s.noteIdle()
	s.start(e)
	return true, s.drain(c)
}

// Queue is Submit for a goroutine that must not run the job itself, because it is behind with its own duty: an
// idle shard gets a new goroutine.
func (s *Shard) Queue(key uint64, j Job) (accepted bool) {
	e := entry{key: key, job: j}
	if queued, ok := s.enqueue(&e); queued {
		return ok
	}
	e.fresh = true
	s.mu.Lock()
	s.queue.push(e)
	s.busy = s.Later == nil
	s.mu.Unlock()
	s.drainElsewhere()
	return true
}

// take makes the caller the one who runs the shard, if it is idle.
func (s *Shard) take() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy {
		return false
	}
	s.busy = true
	return true
}

// enqueue puts a job into the queue of a busy shard, if there is room. An idle shard is taken instead.
func (s *Shard) enqueue(e *entry) (queued, ok bool) {
	if u, may := e.job.(Urgent); may {
		e.urgent = u.Urgent()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.busy {
		s.busy = true
		return false, false
	}
	if ok = s.queue.len() < s.room(e.urgent); ok {
		s.queue.push(*e)
	} else {
		s.Stats.Overload.Add(1)
		s.refused.Store(true)
	}
	return true, ok
}

// room is how many jobs may wait before one more is refused. New work that finds a shard behind has room for what the shard does of it
// in a moment: in a longer queue each piece would be too old when its turn comes, so that all of it were refused and none done.
func (s *Shard) room(urgent bool) int {
	switch {
	case urgent:
		return s.limits.Queue + s.limits.Queue/2
	case s.limits.TakeAll || !s.behind():
		return s.limits.Queue
	}
	s.pace.note(s.Clock.Now(), s.queue.taken)
	return s.queue.urgent.len + min(s.limits.Queue, max(leastRoom, s.pace.room))
}

// Do runs f inside the shard and returns when it has run. It must not be called from
// inside a shard: two shards that call each other would wait for ever; Wait comes first there.
func (s *Shard) Do(f func()) {
	done := make(chan struct{})
	job := Func(func() { defer close(done); f() })
	s.mu.Lock()
	if s.busy {
		s.queue.push(entry{job: job})
		s.mu.Unlock()
		<-done
		return
	}
	s.busy = true
	s.mu.Unlock()
	s.carrier = guest{}
	s.start(entry{job: job})
	s.drain(guest{})
}

// guest is a goroutine that wants its own job done: the end of an overload is not its to wait for.
type guest struct{}

// Relieve implements Carrier: it has no duty.
func (guest) Relieve() {}

// Post hands in a job from a goroutine that must not run it itself (a writer that failed,
// say): an idle shard gets a new goroutine. It is never refused, so it is not for messages.
func (s *Shard) Post(key uint64, j Job) {
	s.mu.Lock()
	s.queue.push(entry{key: key, job: j, must: true, urgent: true})
	idle := !s.busy
	s.busy = s.busy || s.Later == nil
	s.mu.Unlock()
	if idle {
		s.drainElsewhere()
	}
}

// drainElsewhere has the queue run by another goroutine.
func (s *Shard) drainElsewhere() {
	if s.Later != nil {
		s.Later(func() { s.Do(func() {}) })
		return
	}
	go s.drain(nil)
}

// Tick advances the wheel to the clock's time, in the shard's turn.
func (s *Shard) Tick() { s.TickBy(nil) }

// TickBy is Tick for a goroutine that has a duty: where a timer waits, relieved is true, as in Submit.
func (s *Shard) TickBy(c Carrier) (relieved bool) {
	s.mu.Lock()
	if s.busy {
		if !s.tick {
			s.tick = true
			s.queue.push(entry{job: s.advanceJob, urgent: true})
		}
		s.mu.Unlock()
		return false
	}
	s.busy = true
	s.mu.Unlock()
	s.carrier = c
	s.start(entry{job: s.advanceJob})
	return s.drain(c)
}

func (s *Shard) advance() {
	s.mu.Lock()
	s.tick = false
	s.mu.Unlock()
	s.Wheel.Advance(s.Clock.Now())
	s.due.Store(never)
	if at, ok := s.Wheel.Next(); ok {
		s.due.Store(int64(at.Sub(s.began)))
	}
}

// Arm (re)starts a timer of the shard's wheel; only from inside the shard.
func (s *Shard) Arm(t *clock.Timer, d time.Duration) { s.ArmAfter(t, s.Clock.Now(), d) }

// ArmAfter is Arm for a caller that has read the clock: the time counts from then.
func (s *Shard) ArmAfter(t *clock.Timer, now time.Time, d time.Duration) {
	s.Wheel.Arm(t, now, d)
	at := int64(now.Sub(s.began) + d)
	if at >= s.due.Load() {
		return
	}
	s.due.Store(at)
	if s.OnDue != nil {
		s.OnDue(now.Add(d))
	}
}

// Due is how long after now Tick will have work: less than nothing if it is late, years for
// an empty wheel. It may be asked from any goroutine.
func (s *Shard) Due(now time.Time) time.Duration {
	return time.Duration(s.due.Load()) - now.Sub(s.began)
}
