// Package textops searches and changes the text of the message in hand: its headers and its body.
//
// Regular expressions are POSIX extended ones, as core/regex reads them. Like all edits, changes show on the wire, not
// to the script, until they are applied.
package textops

import (
	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the textops module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:  "textops",
	Doc:   "Search, replace and substitute in the message; header fields by name or pattern; bodies and their parts; text comparison.",
	New:   func() *state { return new(state) },
	Funcs: join(searchFuncs, replaceFuncs, substFuncs, headerFuncs, bodyFuncs, partFuncs, textFuncs),
	Trans: kemi.Trans[state]{
		{Name: "re.subst", Args: "expression rest", Parse: (*state).parseTran, Call: (*state).tran, Doc: "substitutes in the value by an expression such as /pattern/replacement/flags; null if the value is empty"},
	},
})

type state struct {
	patterns regex.Cache
	substs   substCache
	srv      *kemi.Server
}

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) error { s.srv = srv; return nil }

type funcs = kemi.Funcs[state]

func join(lists ...funcs) (all funcs) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// The codes that most functions give.
var (
	yes    = kemi.Int(1)
	second = kemi.Int(2)
	no     = kemi.Int(-1)
	failed = kemi.Int(-2)
)

// code is 1 or -1.
func code(ok bool) kemi.Value {
	if ok {
		return yes
	}
	return no
}

// region is the part of a message that a function works on.
type region struct {
	text string
	at   int // its place in the message
}

// whole is all from the first header on.
func whole(c *kemi.Ctx) region {
	return region{c.Msg.Raw[c.Msg.HeadersStart:], c.Msg.HeadersStart}
}

func headers(c *kemi.Ctx) region {
	return region{c.Msg.Raw[c.Msg.HeadersStart:c.Msg.HeadersEnd], c.Msg.HeadersStart}
}

func body(c *kemi.Ctx) region { return region{c.Msg.Body(), c.Msg.BodyStart} }
