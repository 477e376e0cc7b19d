package pv

import (
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var searchTrans = kemi.Trans[state]{
	{Name: "s.count", Args: "byte char", Call: count, Doc: "how often a byte occurs"},
	{Name: "s.before", Args: "byte char", Call: before, Doc: "what stands before the first occurrence of a byte; all of it if there is none"},
	{Name: "s.after", Args: "byte char", Call: after, Doc: "what stands after the first occurrence of a byte; empty if there is none"},
	{Name: "s.rbefore", Args: "byte char", Call: lastBefore, Doc: "what stands before the last occurrence of a byte; all of it if there is none"},
	{Name: "s.rafter", Args: "byte char", Call: lastAfter, Doc: "an empty text, whatever the byte: scripts know it so from the incumbent"},
}

// find gives the place of the byte in the first argument, or -1.
func find(v kemi.Value, a *kemi.TranArgs, index func(string, byte) int) int {
	if a.Str(0) == "" {
		return -1
	}
	return index(v.Text(), a.Str(0)[0])
}

func count(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	if a.Str(0) == "" {
		return kemi.Int(0)
	}
	return kemi.Int(strings.Count(v.Text(), a.Str(0)))
}

func before(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	if at := find(v, a, strings.IndexByte); at >= 0 {
		return kemi.Str(v.Text()[:at])
	}
	return kemi.Str(v.Text())
}

func after(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	if at := find(v, a, strings.IndexByte); at >= 0 {
		return kemi.Str(v.Text()[at+1:])
	}
	return kemi.Str("")
}

func lastBefore(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	if at := find(v, a, strings.LastIndexByte); at >= 0 {
		return kemi.Str(v.Text()[:at])
	}
	return kemi.Str(v.Text())
}

func lastAfter(*state, *kemi.Ctx, kemi.Value, *kemi.TranArgs) kemi.Value { return kemi.Str("") }
