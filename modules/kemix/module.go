// Package kemix is the KSR.kx table: quick reading of parts of the message without naming a
// pseudo-variable.
package kemix

import (
	"fmt"
	"slices"

	"github.com/moonroute/moonroute/kemi"
)

// Module is the kemix module. It reads the variables of module pv.
var Module = kemi.Define(kemi.Spec[state]{
	Name:  "kemix",
	Table: "kx",
	Needs: []string{"pv"},
	Doc:   "Reading parts of the message by function. Of a part X, get_X gives nil if there is none, gete_X an empty text, getw_X \"<null>\".",
	New:   func() *state { return &state{vars: map[string]*kemi.Variable{}} },
	Funcs: slices.Concat(threefold, plain, numbers, own),
})

// state holds the variables that the functions read, by their texts.
type state struct{ vars map[string]*kemi.Variable }

// Start implements the module's life.
func (s *state) Start(srv *kemi.Server) error {
	for text := range sources {
		v, err := srv.Registry.Var(text)
		if err != nil {
			return fmt.Errorf("kemix reads the variables of module pv: %w", err)
		}
		s.vars[text] = v
	}
	return nil
}

// function is a KSR function of this module.
type function = func(*state, *kemi.Ctx, *kemi.Args) kemi.Value

func variable(text string) function {
	return func(s *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return s.vars[text].Get(c) }
}

// or gives another value for null.
func or(read function, other kemi.Value) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if v := read(s, c, a); !v.IsNull() {
			return v
		}
		return other
	}
}
