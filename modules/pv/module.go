// Package pv holds the pseudo-variables and transformations that nearly every script uses,
// the shared variables, and the KSR.pvx table.
package pv

import (
	"slices"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the pv module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "pv",
	Table:  "pvx",
	Doc:    "The common pseudo-variables ($ru, $hdr(X), $avp(x), …) and transformations ({uri.host}, {s.len}, …), shared variables, and functions that work on variables by name.",
	New:    newState,
	Params: params,
	Funcs:  slices.Concat(scalarFuncs, avpFuncs, xavpFuncs, explodeFuncs, branchFuncs),
	RPC:    commands,
	Vars: slices.Concat(coreVars, byteVars, requestURIVars, nextHopVars, addressVars, fromVars, toVars, identityVars, headerVars, listVars,
		viaVars, digestVars, bodyVars, messageVars, replyVars, flagVars, timeVars, socketVars, sendVars, branchVars,
		avpVars, xavpVars, scriptVars, shvVars, processVars, statVars, selectVars),
	Trans: slices.Concat(stringTrans, cutTrans, searchTrans, encodeTrans, hashTrans, escapeTrans, numberTrans, uriTrans, paramTrans, addrTrans, lineTrans, aliasTrans),
})

// getter reads a variable.
type getter = func(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value

// setter writes a variable.
type setter = func(*state, *kemi.Ctx, *kemi.VarArgs, kemi.Value) bool

// message makes a getter of a function of the message in hand; without one there is no value.
func message(get func(c *kemi.Ctx, m *route.Message) kemi.Value) getter {
	return func(_ *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
		if c.Msg == nil {
			return kemi.Null
		}
		return get(c, c.Msg)
	}
}

// request is message for variables that replies do not have.
func request(get func(c *kemi.Ctx, m *route.Message) kemi.Value) getter {
	return func(_ *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
		if c.Msg == nil || !c.Msg.IsRequest {
			return kemi.Null
		}
		return get(c, c.Msg)
	}
}

// constant is a getter of a value that never changes.
func constant(v kemi.Value) getter {
	return func(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value { return v }
}

// text is a value for a text that stands for nothing when it is empty.
func text(s string) kemi.Value {
	if s == "" {
		return kemi.Null
	}
	return kemi.Str(s)
}
