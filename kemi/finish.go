package kemi

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Listen opens the sockets before Start does, and nothing is read from them yet. It is for a program that gives up its
// rights before anything else happens.
func (s *Server) Listen() error { return s.Core.Listen() }

// defaultExitTimeout covers most ringing, and is short enough for a restart that somebody waits for.
const defaultExitTimeout = 30 * time.Second

// ExitTimeout is how long what was begun may take to end when the server stops (exit_timeout).
func (s *Server) ExitTimeout() time.Duration {
	return seconds(max(0, s.Config.Int("exit_timeout", int64(defaultExitTimeout/time.Second))))
}

// What Finish follows: how often it looks, and how long nothing may be left for it to believe that: T1 of RFC 3261, in which
// the ACK of a call that has just been answered, and what follows it, come in.
const (
	finishLook  = 50 * time.Millisecond
	finishQuiet = 500 * time.Millisecond
)

// Finish takes no new work from now on, which is answered 503, and returns when what was begun has ended, or ctx has. It
// gives how much is left. Stop comes after it.
func (s *Server) Finish(ctx context.Context) (left int) {
	s.Core.Finish()
	if s.Core.TMStats().Waiting.Load() == 0 && s.Core.Unfinished() == 0 { // nobody was there a moment ago
		return 0
	}
	look := time.NewTicker(finishLook)
	defer look.Stop()
	for quiet := time.Duration(0); quiet < finishQuiet; {
		select {
		case <-ctx.Done():
			return s.Core.Unfinished()
		case <-look.C:
		}
		quiet += finishLook
		if s.Core.Unfinished() > 0 {
			quiet = 0
		}
	}
	return 0
}

// Alive returns once every shard has done a job, which is a matter of moments unless one is stuck. The error names those
// that had not when ctx ended.
func (s *Server) Alive(ctx context.Context) error {
	done := make([]chan struct{}, len(s.shards))
	for i, sh := range s.shards {
		done[i] = make(chan struct{})
		sh.Post(0, alive(done[i]))
	}
	var stuck []string
	for i := range done {
		select {
		case <-done[i]:
		case <-ctx.Done():
			stuck = append(stuck, fmt.Sprint(i))
		}
	}
	if len(stuck) > 0 {
		return fmt.Errorf("kemi: no sign of life from shard %s: %w", strings.Join(stuck, ", "), context.Cause(ctx))
	}
	return nil
}

// alive is a job that tells that it was done.
type alive chan struct{}

// Run implements shard.Job.
func (a alive) Run() { close(a) }
