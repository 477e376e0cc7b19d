package lua

import (
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/clock"
)

// Fuel is counted in ticks; at its end the clock is read. A tick stands for some 100 ns of
// script, so that a run is looked at about every 50 us.
const (
	fuelStep   = 512
	fuelKSR    = 8                // what a call of a KSR function takes of it
	bytesAFuel = 256              // bytes that a library function works on for one tick's worth
	longRun    = time.Millisecond // from then on a run keeps nobody but its shard, and its memory is watched
	patience   = 10               // limits that a run may stand still for because the machine does
)

// budget is what the present run of a state has used of its limits.
type budget struct {
	fuel    int
	over    *glua.ApiError // the time is up: every tick raises this until the run has ended
	started bool           // the clock has been read once
	start   time.Time
	cpu     time.Duration // what the process had used of the processors at the start
	waited  time.Duration // Shard.Waited at the start
	limit   time.Duration
	heap    uint64    // bytes of the process's heap when the state was last measured
	measure time.Time // when to look at the heap again
}

// begin prepares for a run. It does not read the clock: most runs end before the fuel does.
func (b *budget) begin(limit time.Duration) {
	b.fuel, b.over, b.started, b.limit, b.heap = fuelStep, nil, false, limit, 0
}

// tickFunction is what instrumented code calls on its way round.
var tickFunction = goFunction(tick)

func tick(L *glua.LState) int {
	s := stateOf(L)
	if s.fuel--; s.fuel < 0 {
		s.look(L)
	}
	return 0
}

// burn counts a call of a KSR function.
func (s *state) burn(L *glua.LState) {
	if s.fuel -= fuelKSR; s.fuel < 0 {
		s.look(L)
	}
}

// charge counts the work of a library function: n bytes made or read.
func (s *state) charge(L *glua.LState, n int) {
	if s.fuel -= n/bytesAFuel + 1; s.fuel < 0 {
		s.look(L)
	}
}

// look reads the clock and, now and then, the heap. It raises a Lua error past a limit.
func (s *state) look(L *glua.LState) {
	if s.over != nil {
		s.raise(L, s.over)
	}
	now := time.Now()
	if !s.started {
		s.started, s.start, s.cpu, s.waited = true, now, clock.CPU(), s.waitedSoFar()
		s.measure = now.Add(longRun)
		s.fuel = fuelStep
		return
	}
	if s.limit > 0 && s.ranTooLong(now) {
		s.timeUp(L)
	}
	if now.After(s.measure) {
		if s.ctx != nil {
			s.ctx.Shard.RelieveCarrier()
		}
		s.watchHeap(L)
		s.measure = now.Add(longRun)
	}
	s.fuel = fuelStep
}

// ranTooLong tells whether the run's time is up. A machine that stands still for a while, or runs other programs, is not
// the script's fault: the process must have worked for that long too.
func (s *state) ranTooLong(now time.Time) bool {
	ran := now.Sub(s.start) - (s.waitedSoFar() - s.waited)
	return ran > s.limit && (clock.CPU()-s.cpu > s.limit || ran > patience*s.limit)
}

// timeUp raises the error that ends the run. It is built once: scripts that catch it meet it
// again at every step, and building a trace deep in a recursion is slow.
func (s *state) timeUp(L *glua.LState) {
	s.engine.hits.time.Add(1)
	s.over = &glua.ApiError{
		Type: glua.ApiErrorRun, StackTrace: s.traceback(L),
		Object: glua.LString(position(L) + ": script ran longer than " + s.limit.String()),
	}
	s.fuel = -1
	s.raise(L, s.over)
}

// traceback is where a thread stands.
func (s *state) traceback(L *glua.LState) string {
	L.Push(s.trace)
	L.Call(0, 1)
	text := L.Get(-1).String()
	L.Pop(1)
	return text
}

// waitedSoFar is how long the run has let go of its shard: time that does not count.
func (s *state) waitedSoFar() time.Duration {
	if s.ctx == nil {
		return 0
	}
	return s.ctx.Shard.Waited()
}

// watchHeap measures the state when the process's heap has grown much since it last did.
func (s *state) watchHeap(L *glua.LState) {
	limit := s.engine.host.Limits.Memory
	if limit == 0 {
		return
	}
	heap := s.heapBytes()
	if s.heap == 0 || heap < s.heap {
		s.heap = heap
	}
	if heap-s.heap < uint64(limit)/4 {
		return
	}
	if size := s.size(L, limit); size > limit {
		s.tooBig = true
		s.engine.hits.memory.Add(1)
		L.RaiseError("script holds more than %d bytes of memory", limit)
	}
	s.heap = s.heapBytes()
}

// room checks that a text of n bytes may be made. One text may take an eighth of the memory
// limit, so that a doubling loop meets the limit before the machine does.
func (s *state) room(L *glua.LState, n int) {
	s.roomFor(L, n, n)
}

// roomFor is room for a text that has grown to n bytes by some more.
func (s *state) roomFor(L *glua.LState, n, more int) {
	if limit := s.engine.host.Limits.Memory; limit > 0 && int64(n) > limit/8 {
		s.engine.hits.memory.Add(1)
		L.RaiseError("a text of %d bytes is too long: the limit is %d", n, limit/8)
	}
	s.charge(L, more)
}
