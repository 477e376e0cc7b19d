package shard

import "time"

// Token names one run of a job, from its start to its end, through all its waits.
type Token = *run

// Current is the run that the shard is busy with; nil outside of jobs. A caller that has let
// go of the shard finds the same token again when it comes back. Only from inside the shard.
func (s *Shard) Current() Token { return s.current }

// Waited is how long the present run has let go of the shard so far, the turn to come back
// included: time that is not the script's own. Only from inside the shard.
func (s *Shard) Waited() time.Duration {
	if s.current == nil {
		return 0
	}
	return s.current.away
}

// Crowded tells that Wait would block the shard now, because as many jobs wait as may. It is
// for use inside the shard.
func (s *Shard) Crowded() bool { return s.waiting >= s.limits.Waiting }
