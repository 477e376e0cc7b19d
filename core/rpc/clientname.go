package rpc

import "context"

type clientKey struct{}

// WithClient makes a context for commands that somebody asks for: where the request came in, and from whom.
func WithClient(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, clientKey{}, name)
}

// Client tells who asks: where the request came in, and the client's address if it has one. It is
// empty for calls from inside the server.
func (c *Call) Client() string {
	name, _ := c.ctx.Value(clientKey{}).(string)
	return name
}

// clientName is a carrier's address with that of the client, if it has one.
func clientName(carrier, peer string) string {
	if peer == "" || peer == "@" {
		return carrier
	}
	return carrier + " from " + peer
}
