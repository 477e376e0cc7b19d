package htable

import (
	"context"

	"github.com/moonroute/moonroute/kemi"
)

// sweep removes what has expired and tells the script of each value, one after the other.
func (s *state) sweep(ctx context.Context) {
	for _, t := range s.sorted() {
		for _, e := range t.sweep(s.now()) {
			if s.callback == "" || ctx.Err() != nil {
				break
			}
			s.raise("htable:expired:"+t.name, e)
		}
	}
}

// recordKey is where the first shard keeps the record that an event is about, for $shtrecord.
type recordKey struct{ *state }

// raise calls the script's event function in the first shard and waits for it.
func (s *state) raise(event string, e entry) {
	s.server.OnShard(0, func(sh *kemi.Shard) {
		sh.Local[recordKey{s}] = e
		s.server.Raise(sh, s.callback, event, nil)
		delete(sh.Local, recordKey{s})
	})
}
