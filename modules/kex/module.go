// Package kex offers statistics commands, memory figures and the log level to scripts and operators.
package kex

import (
	"sync"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the kex module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "kex",
	Doc:  "Statistics of the core, statistics and memory commands, the log level from the script, and $sruid.",
	New:  func() *state { return new(state) },
	Funcs: kemi.Funcs[state]{
		{Name: "setdebug", Args: "level int", Returns: kemi.Code, Call: (*state).setDebug, Doc: "sets the log level of the server until resetdebug"},
		{Name: "resetdebug", Returns: kemi.Code, Call: (*state).resetDebug, Doc: "gives back the log level from before setdebug"},
	},
	RPC: kemi.Commands[state]{
		{Name: "stats.get_statistics", Run: (*state).lines, Array: true, Doc: "statistics as lines of text: all, a group with a colon (core:) or names"},
		{Name: "stats.fetch", Run: fetch(text), Doc: "statistics as a structure of texts: all, a group with a colon (core:) or names"},
		{Name: "stats.fetchn", Run: fetch(number), Doc: "statistics as a structure of numbers: all, a group with a colon (core:) or names"},
		{Name: "stats.reset_statistics", Run: (*state).reset, Doc: "sets counters to zero: all, a group with a colon (core:) or names"},
		{Name: "stats.clear_statistics", Run: (*state).clear, Doc: "tells counters and sets them to zero: all, a group with a colon (core:) or names"},
		{Name: "pkg.stats", Run: (*state).pkgStats, Array: true, Doc: "memory of the shards, which share one heap, in bytes"},
		{Name: "pkg.info", Run: (*state).pkgInfo, Doc: "name of the memory manager and size of the heap in bytes"},
		{Name: "mod.stats", Run: (*state).modStats, Array: true, Doc: "memory by module: modules share one heap, so only the total is known"},
		{Name: "mod.mem_stats", Run: (*state).modStats, Array: true, Doc: "the same as mod.stats"},
		{Name: "mod.mem_statsx", Run: (*state).modStats, Array: true, Doc: "the same as mod.stats"},
	},
	Stats: coreStatistics,
	Vars:  kemi.Vars[state]{{Name: "sruid", Get: (*state).sruid, Doc: "a new unique id each time it is read"}},
})

type state struct {
	srv  *kemi.Server
	uids uids

	mu     sync.Mutex
	before *log.Level // the level from before setdebug; nil: none was set
}

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) error {
	s.srv = srv
	s.uids.start(srv)
	return nil
}

// setDebug sets the level of the whole server: the incumbent does so for one worker process.
func (s *state) setDebug(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.before == nil {
		level := s.srv.Log.Threshold()
		s.before = &level
	}
	s.srv.Log.SetThreshold(log.Level(a.Int(0)))
	return kemi.Int(1)
}

func (s *state) resetDebug(*kemi.Ctx, *kemi.Args) kemi.Value {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.before != nil {
		s.srv.Log.SetThreshold(*s.before)
		s.before = nil
	}
	return kemi.Int(1)
}
