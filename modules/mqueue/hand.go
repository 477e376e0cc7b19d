package mqueue

import "github.com/moonroute/moonroute/kemi"

// hand is the items that were fetched last, by queue. It belongs to a message, so that a route that waits finds its
// items again; events without a message share the one of their shard.
type hand map[*queue]*item

// hold makes an item the one in hand; nil forgets it.
func (s *state) hold(c *kemi.Ctx, q *queue, x *item) {
	h := s.hand(c)
	switch {
	case x == nil:
		delete(h, q)
		return
	case h == nil:
		h = hand{}
		s.keep(c, h)
	}
	h[q] = x
}

// held is the item in hand, or nil.
func (s *state) held(c *kemi.Ctx, q *queue) *item { return s.hand(c)[q] }

func (s *state) hand(c *kemi.Ctx) hand {
	var x any
	if c.Msg != nil {
		x = c.Msg.Extra[s]
	} else {
		x = c.Shard.Local[s]
	}
	h, _ := x.(hand)
	return h
}

func (s *state) keep(c *kemi.Ctx, h hand) {
	switch {
	case c.Msg == nil:
		c.Shard.Local[s] = h
	case c.Msg.Extra == nil:
		c.Msg.Extra = map[any]any{s: h}
	default:
		c.Msg.Extra[s] = h
	}
}
