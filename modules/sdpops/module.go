// Package sdpops reads and edits the session description (SDP) that a message carries.
package sdpops

import (
	"errors"

	"github.com/moonroute/moonroute/core/sdp"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the sdpops module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "sdpops",
	Doc: "Session descriptions: what media, codecs and transports a call offers, and taking codecs, streams and lines out of the offer. " +
		"Edits show on the wire, not to the script, until msg_apply_changes.",
	New:   func() *state { return new(state) },
	Funcs: join(contentFuncs, codecFuncs, removeFuncs, textFuncs, iteratorFuncs),
	Vars:  vars,
})

// state is the module in one server; its address is the key of what the module keeps with a message.
type state struct{ _ byte }

type funcs = kemi.Funcs[state]

func join(lists ...funcs) (all funcs) {
	for _, l := range lists {
		for _, f := range l {
			f.Call = withMessage(f.Call, f.Returns)
			all = append(all, f)
		}
	}
	return all
}

type call = func(*state, *kemi.Ctx, *kemi.Args) kemi.Value

// withMessage keeps a function from running in events that have no message.
func withMessage(f call, returns kemi.Result) call {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		switch {
		case c.Msg != nil:
			return f(s, c, a)
		case returns == kemi.AnyValue:
			return kemi.Null
		}
		return no
	}
}

// The codes that functions give.
var (
	yes    = kemi.Int(1)
	none   = kemi.Int(0)
	no     = kemi.Int(-1)
	noBody = kemi.Int(-2)
)

func verdict(ok bool) kemi.Value {
	if ok {
		return yes
	}
	return no
}

// known is the description of a message, as read once.
type known struct {
	raw         string // the message that was read: another one after its changes were applied
	description *sdp.Description
	err         error
}

// read gives the description of the message in hand.
func (s *state) read(c *kemi.Ctx) (*sdp.Description, error) {
	if c.Msg == nil {
		return nil, kemi.ErrNoMessage
	}
	if k := s.known(c); k != nil {
		return k.description, k.err
	}
	k := &known{raw: c.Msg.Raw}
	k.description, k.err = sdp.FromMessage(c.Msg.Message)
	if c.Msg.Extra == nil {
		c.Msg.Extra = map[any]any{}
	}
	c.Msg.Extra[s] = k
	return k.description, k.err
}

// known is what read found out about the message in hand before; nil if it was not asked.
func (s *state) known(c *kemi.Ctx) *known {
	if k, ok := c.Msg.Extra[s].(*known); ok && k.raw == c.Msg.Raw {
		return k
	}
	return nil
}

// absent tells that a message has nothing to read, which is not as bad as something unreadable.
func absent(err error) bool { return errors.Is(err, sdp.ErrNoBody) }
