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
		c.Keep(s, h)
	}
	h[q] = x
}

// held is the item in hand, or nil.
func (s *state) held(c *kemi.Ctx, q *queue) *item { return s.hand(c)[q] }

func (s *state) hand(c *kemi.Ctx) hand {
	h, _ := c.Kept(s).(hand)
	return h
}
