package core

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// flagFuncs set, reset and test one bit of a word of flags.
var flagFuncs = join(
	flagsOf("flag", "message", func(c *kemi.Ctx) *uint32 { return &c.Msg.Flags }),
	flagsOf("bflag", "first branch", func(c *kemi.Ctx) *uint32 { return &c.Msg.Target.Flags }),
	flagsOf("sflag", "script", func(c *kemi.Ctx) *uint32 { return &c.Shard.ScriptFlags }),
	branchFlags(),
)

// flagBits is how many flags a word has.
const flagBits = 32

type flagWord func(c *kemi.Ctx) *uint32

func flagsOf(suffix, owner string, word flagWord) funcs {
	on := func(f func(w *uint32, bit uint32) kemi.Value) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
		return func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			if n := a.Int(0); n >= 0 && n < flagBits {
				return f(word(c), 1<<n)
			}
			return nay
		}
	}
	return funcs{
		{Name: "set" + suffix, Args: "flag int", Returns: kemi.Truth, Call: on(set), Doc: "sets a flag of the " + owner},
		{Name: "reset" + suffix, Args: "flag int", Returns: kemi.Truth, Call: on(reset), Doc: "takes a flag of the " + owner + " back"},
		{Name: "is" + suffix + "set", Args: "flag int", Returns: kemi.Truth, Call: on(isSet), Doc: "the flag of the " + owner + " is set"},
	}
}

// branchFlags takes a branch that is not there for one without flags, as the incumbent does.
func branchFlags() funcs {
	on := func(f func(w *uint32, bit uint32) kemi.Value) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
		return func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			n, t := a.Int(0), branch(c.Msg, a.Int(1))
			if n < 0 || n >= flagBits {
				return nay
			}
			if t == nil {
				t = new(route.Target)
			}
			return f(&t.Flags, 1<<n)
		}
	}
	return funcs{
		{Name: "setbiflag", Args: "flag int, branch int", Returns: kemi.Truth, Call: on(set), Doc: "sets a flag of a branch; 0 is the first"},
		{Name: "resetbiflag", Args: "flag int, branch int", Returns: kemi.Truth, Call: on(reset), Doc: "takes a flag of a branch back"},
		{Name: "isbiflagset", Args: "flag int, branch int", Returns: kemi.Truth, Call: on(isSet), Doc: "the flag of a branch is set"},
	}
}

// branch is the i-th branch of a message, or nil.
func branch(m *route.Message, i int) *route.Target {
	switch {
	case i == 0:
		return &m.Target
	case i > 0 && i <= len(m.Branches):
		return &m.Branches[i-1]
	}
	return nil
}

func set(w *uint32, bit uint32) kemi.Value   { *w |= bit; return aye }
func reset(w *uint32, bit uint32) kemi.Value { *w &^= bit; return aye }
func isSet(w *uint32, bit uint32) kemi.Value { return kemi.Bool(*w&bit != 0) }
