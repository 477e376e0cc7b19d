package kemi

// EachTable calls f inside each shard in turn until it gives true, and tells whether it
// did. It must be called from outside of all shards (an RPC command); it waits for busy ones.
func (s *Server) EachTable(f func(*Shard) bool) bool {
	for i := range s.shards {
		found := false
		s.OnShard(i, func(sh *Shard) { found = f(sh) })
		if found {
			return true
		}
	}
	return false
}

// EachTable is Server.EachTable from inside a route: the own shard comes first, at once;
// for the others it lets go of the own one.
func (c *Ctx) EachTable(f func(*Shard) bool) bool {
	if f(c.Shard) {
		return true
	}
	for i, other := range c.Server.shards {
		if other == c.Shard {
			continue
		}
		found := false
		c.Wait(func() { c.Server.OnShard(i, func(sh *Shard) { found = f(sh) }) })
		if found {
			return true
		}
	}
	return false
}

// OnTable calls f inside the shard with this number; from inside a route, whichever shard it runs in.
func (c *Ctx) OnTable(i int, f func(*Shard)) {
	switch {
	case i < 0 || i >= len(c.Server.shards):
	case c.Server.shards[i] == c.Shard:
		f(c.Shard)
	default:
		c.Wait(func() { c.Server.OnShard(i, f) })
	}
}
