package tm

import "github.com/moonroute/moonroute/core/tm"

// useBlocklist gives the shards a common blocklist if the core parameter wants one.
func (s *state) useBlocklist() {
	if s.srv.Config.Int("use_dst_blocklist", 0) == 0 {
		return
	}
	list := new(tm.Blocklist)
	for _, sh := range s.srv.Shards() {
		sh.TM.UseBlocklist(list)
	}
}
