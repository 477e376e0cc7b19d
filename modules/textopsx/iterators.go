package textopsx

import (
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// Bounds of the iterators of one message.
const (
	maxIterators    = 4
	maxIteratorName = 31
)

// walks are the iterators of one kind of a message, by name. They live in the message's Extra under their own type.
type walks[T any] map[string]*T

// walksOf finds the iterators of a message.
func walksOf[T any](c *kemi.Ctx) walks[T] {
	if c.Msg == nil {
		return nil
	}
	w, _ := c.Msg.Extra[walks[T](nil).key()].(walks[T])
	return w
}

// walkKey is the key of walks in a message's Extra.
type walkKey[T any] struct{}

func (walks[T]) key() any { return walkKey[T]{} }

// startWalk begins an iterator, or begins it again.
func startWalk[T any](c *kemi.Ctx, function, name string, begin T) kemi.Value {
	if len(name) > maxIteratorName {
		return no
	}
	w := walksOf[T](c)
	if w == nil {
		w = walks[T]{}
		if c.Msg.Extra == nil {
			c.Msg.Extra = map[any]any{}
		}
		c.Msg.Extra[w.key()] = w
	}
	if w[name] == nil && len(w) >= maxIterators {
		c.Misuse("textopsx."+function, "too many iterators for one message")
		return no
	}
	w[strings.Clone(name)] = &begin
	return yes
}

// insert puts a text in at a place. An empty text is a success without effect.
func insert(c *kemi.Ctx, at int, text string) kemi.Value {
	if text != "" {
		c.Msg.Edits.Insert(at, text)
	}
	return yes
}
