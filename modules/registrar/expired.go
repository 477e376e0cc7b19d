package registrar

import (
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/kemi"
)

// expiredProfile is the profile under which the script finds the contact that expired.
const expiredProfile = "exp"

// LocationChanged calls the script's event function for each contact that expires. Expiry
// runs outside of all shards, so that it may wait for one.
func (s *state) LocationChanged(e location.Event) {
	if e.Kind != location.Expired {
		return
	}
	s.server.OnShard(0, func(sh *kemi.Shard) {
		p := &profile{e.AOR, e.Table.Name, []*location.Contact{e.Contact}}
		sh.Local[s] = &scratch{q: location.QUnset, profiles: map[string]*profile{expiredProfile: p}}
		s.server.Raise(sh, s.eventCallback, "usrloc:contact-expired", nil)
		delete(sh.Local, s)
	})
}
