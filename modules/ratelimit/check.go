package ratelimit

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/moonroute/moonroute/core/limit"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Start begins the intervals.
func (s *state) Start(server *kemi.Server) error {
	s.server, s.meter, s.ports = server, limit.NewMeter(os.DirFS("/proc")), map[uint16]bool{}
	for _, socket := range server.Core.Sockets() {
		s.ports[socket.Addr.Port()] = true
	}
	for _, q := range *s.queues.Load() {
		if s.pipes[q.pipe].Algorithm == limit.NOP {
			server.Log.Write(log.Warn, "ratelimit", fmt.Sprintf("queue %d:%s: there is no pipe %d yet, so that rl_check refuses these requests", q.pipe, q.method, q.pipe))
		}
	}
	s.meter.CPU()
	server.Every(time.Duration(s.interval)*time.Second, func(context.Context) { s.next(s.measure()) })
	return nil
}

// measure looks at the machine if some pipe depends on it.
func (s *state) measure() (l limit.Load) {
	if s.uses(limit.Feedback) {
		l.CPU = s.meter.CPU()
	}
	if s.uses(limit.Network) {
		l.Waiting = s.meter.Waiting(s.ports)
	}
	return l
}

func (s *state) uses(a limit.Algorithm) bool {
	for i := range s.pipes {
		p := &s.pipes[i]
		p.mu.Lock()
		found := p.Algorithm == a
		p.mu.Unlock()
		if found {
			return true
		}
	}
	return false
}

// next begins a new interval in all pipes.
func (s *state) next(l limit.Load) {
	controller := s.tuning.Next(&l)
	for i := range s.pipes {
		p := &s.pipes[i]
		p.mu.Lock()
		if s.debug.Load() && p.Algorithm != limit.NOP {
			s.server.Log.Write(log.Warn, "ratelimit", p.show(i))
		}
		p.Next(s.interval, l, controller)
		p.mu.Unlock()
	}
}

var no = kemi.Int(-1)

func (s *state) check(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return no
	}
	for _, q := range *s.queues.Load() {
		if q.method == "*" || q.method == c.Msg.MethodName {
			return s.push(c, "rl_check", q.pipe)
		}
	}
	return no
}

func (s *state) checkPipe(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.push(c, "rl_check_pipe", a.Int(0))
}

func (s *state) push(c *kemi.Ctx, function string, i int) kemi.Value {
	if i >= 0 && i < maxPipes {
		p := &s.pipes[i]
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.Algorithm != limit.NOP {
			return kemi.Int(p.Push(s.interval))
		}
	}
	c.Misuse("ratelimit."+function, "there is no pipe "+strconv.Itoa(i))
	return no
}
