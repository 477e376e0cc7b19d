package pipelimit

import (
	"context"
	"os"
	"time"

	"github.com/moonroute/moonroute/core/limit"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Start begins the intervals.
func (s *state) Start(server *kemi.Server) error {
	if err := s.loadPipes(server); err != nil {
		return err
	}
	s.server, s.meter, s.ports = server, limit.NewMeter(os.DirFS("/proc")), map[uint16]bool{}
	for _, socket := range server.Core.Sockets() {
		s.ports[socket.Addr.Port()] = true
	}
	server.Runtime.Add("pipelimit", s.reasonVar())
	s.meter.CPU()
	server.Every(time.Duration(s.interval)*time.Second, func(context.Context) { s.next() })
	return nil
}

// next begins a new interval in all pipes and removes those that are out of use.
func (s *state) next() {
	list := s.table.all()
	l := s.measure(list)
	controller := s.tuning.Next(&l)
	for _, p := range list {
		p.next(l, controller)
	}
	s.table.clean(s.clean.Get())
}

// measure looks at the machine if some pipe depends on it.
func (s *state) measure(list []*pipe) (l limit.Load) {
	var used [256]bool
	for _, p := range list {
		p.mu.Lock()
		used[p.Algorithm] = true
		p.mu.Unlock()
	}
	if s.fetch != 0 && used[limit.Feedback] {
		l.CPU = s.meter.CPU()
	}
	if s.fetch != 0 && used[limit.Network] {
		l.Waiting = s.meter.Waiting(s.ports)
	}
	return l
}

var (
	yes    = kemi.Int(1)
	no     = kemi.Int(-1)
	noPipe = kemi.Int(-2)
)

func (s *state) check(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	p := s.table.find(a.Str(0))
	if p == nil {
		c.Misuse("pipelimit.pl_check", "there is no pipe "+a.Str(0))
		return noPipe
	}
	return kemi.Int(p.push())
}

func (s *state) checkLimit(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	name, bound := a.Str(0), a.Int(2)
	p := s.table.find(name)
	if p != nil {
		p.rebound(bound)
		return kemi.Int(p.push())
	}
	algorithm, known := limit.ParseAlgorithm(a.Str(1))
	if !known {
		c.Misuse("pipelimit.pl_check_limit", "there is no algorithm "+a.Str(1)+"; want TAILDROP, RED, FEEDBACK, NETWORK or NOP")
		return noPipe
	}
	if p = s.table.make(name, algorithm, bound); p == nil {
		s.server.Log.Once("full", log.Err, "pipelimit", "there are too many pipes; set clean_unused")
		return noPipe
	}
	return kemi.Int(p.push())
}

// rebound gives a pipe a new limit.
func (p *pipe) rebound(bound int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if bound > 0 {
		p.Limit = bound
	}
}

func (s *state) active(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	if s.table.find(a.Str(0)) == nil {
		return no
	}
	return yes
}
