package usrloc

import (
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/transport"
)

// closer closes the connections of expired contacts (close_expired_tcp).
type closer struct{ transports *transport.Set }

// LocationChanged implements location.Observer.
func (c closer) LocationChanged(e location.Event) {
	if e.Kind == location.Expired && e.Contact.Conn != 0 {
		c.transports.CloseConnection(e.Contact.Conn)
	}
}

// removeLost removes the contacts whose connection is gone (handle_lost_tcp).
func (s *state) removeLost(t *location.Table) {
	t.Each(func(aor string, contacts []*location.Contact) bool {
		for _, c := range contacts {
			if s.lost(c) {
				s.remove(t, aor, s.lost)
				break
			}
		}
		return true
	})
}

func (s *state) lost(c *location.Contact) bool {
	if c.Conn == 0 {
		return false
	}
	_, alive := s.server.Core.Transports().Connection(c.Conn)
	return !alive
}

// remove lets the contacts of an address of record expire that are to go. It may block.
func (s *state) remove(t *location.Table, aor string, gone func(*location.Contact) bool) {
	err := t.Update(aor, func(u *location.Update) error {
		for _, c := range append([]*location.Contact(nil), u.Contacts()...) {
			if gone(c) {
				u.Expire(c)
			}
		}
		return nil
	})
	if err != nil {
		s.complain(err)
	}
}
