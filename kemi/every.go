package kemi

import (
	"context"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

// After calls f once, when d has passed by the server's clock, unless the server stops or
// stop is called before. f gets the server's context and runs outside of all shards.
func (s *Server) After(d time.Duration, f func(ctx context.Context)) (stop func()) {
	if p, ok := s.Clock.(clock.Pacer); ok {
		return p.After(d, func() {
			if s.ctx.Err() == nil {
				f(s.ctx)
			}
		})
	}
	waiting, stop := context.WithCancel(s.ctx)
	s.Go(func(ctx context.Context) {
		defer stop()
		clock.Sleep(s.Clock, d, waiting.Done())
		if waiting.Err() == nil {
			f(ctx)
		}
	})
	return stop
}

// Every calls f each d until the server stops. The next interval begins when f has returned,
// so that a slow one never piles up.
func (s *Server) Every(d time.Duration, f func(ctx context.Context)) {
	s.After(d, func(ctx context.Context) {
		f(ctx)
		s.Every(d, f)
	})
}
