package shard

import "time"

// run is one job while it runs.
type run struct {
	key    uint64
	waited bool
	away   time.Duration // spent in Wait
}

// heldCall keeps the later jobs of a call whose job waits.
type heldCall struct{ jobs []entry }

// start runs one job from outside, or holds it behind the waiting job of its call.
func (s *Shard) start(e entry) {
	if e.key != 0 && len(s.held) != 0 {
		if h := s.held[e.key]; h != nil {
			s.hold(h, e)
			return
		}
	}
	s.execute(e)
}

func (s *Shard) hold(h *heldCall, e entry) {
	if len(h.jobs) >= s.limits.Held && !e.must {
		s.Stats.HeldOver.Add(1)
		return
	}
	h.jobs = append(h.jobs, e)
}

// execute runs a job and, if it waited, those that were held behind it.
func (s *Shard) execute(e entry) {
	if !s.runEntry(e, false) || e.key == 0 {
		return
	}
	h := s.held[e.key]
	for len(h.jobs) > 0 {
		next := h.jobs[0]
		h.jobs[0] = entry{}
		h.jobs = h.jobs[1:]
		s.runEntry(next, true) // further ones come behind those that are held still
	}
	delete(s.held, e.key)
}

// runEntry runs one job and tells whether it waited. A held job counts as one that did.
func (s *Shard) runEntry(e entry, held bool) (waited bool) {
	r, outer := s.newRun(e.key), s.current
	r.waited = held
	s.current = r
	s.runJob(e.job)
	s.current = outer
	if !r.waited {
		s.spare = r
	}
	return r.waited
}

func (s *Shard) runJob(j Job) {
	if s.OnPanic != nil {
		defer s.caught()
	}
	j.Run()
}

func (s *Shard) caught() {
	if v := recover(); v != nil {
		s.OnPanic(v)
	}
}

func (s *Shard) newRun(key uint64) *run {
	r := s.spare
	if r == nil {
		return &run{key: key}
	}
	s.spare = nil
	*r = run{key: key}
	return r
}

// InCall runs a job as part of another call than the one that runs now: at once, or after the
// waiting job of that call. Timers use it. Only from inside the shard.
func (s *Shard) InCall(key uint64, j Job) {
	s.start(entry{key: key, job: j, must: true})
}
