package core

import (
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// loadCommands tell whether the server keeps up.
var loadCommands = kemi.Commands[state]{
	{Name: "core.load", Run: (*state).load, Doc: "for how many milliseconds each reader of a UDP socket and each shard has been behind, and what was refused or lost for that"},
}

func (s *state) load(c *rpc.Call) error {
	stats := &s.srv.Core.Stats
	out := c.AddStruct().
		Add("refused", int64(stats.Refused.Load())).
		Add("overflown", int64(stats.Overload.Load())).
		Add("lookups_refused", int64(stats.LookupsRefused.Load())).
		Add("udp_drops", int64(s.srv.Core.KernelDrops()))
	readers := out.List("readers")
	if set := s.srv.Core.Transports(); set != nil {
		for _, r := range set.Readers() {
			readers.Struct("").Add("socket", r.Socket.String()).Add("behind_ms", r.Behind.Milliseconds())
		}
	}
	shards := out.List("shards")
	for i, sh := range s.srv.Shards() {
		shards.Struct("").Add("index", i).Add("behind_ms", sh.Load.Behind().Milliseconds()).Add("full", int64(sh.Stats.Overload.Load()))
	}
	return nil
}
