package kemi

// Kept is what Keep has left under a key, or nil. The key is the module's own: its state, or a type of its own.
func (c *Ctx) Kept(key any) any {
	if c.Msg == nil {
		return c.Shard.Local[key]
	}
	return c.Msg.Extra[key]
}

// Keep leaves something with the message in hand, so that a route that waits finds it again. Events without a message
// share what their shard keeps.
func (c *Ctx) Keep(key, what any) {
	switch {
	case c.Msg == nil:
		c.Shard.Local[key] = what
	case c.Msg.Extra == nil:
		c.Msg.Extra = map[any]any{key: what}
	default:
		c.Msg.Extra[key] = what
	}
}
