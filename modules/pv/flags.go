package pv

import (
	"strconv"

	"github.com/moonroute/moonroute/kemi"
)

var flagVars = kemi.Vars[state]{
	{Name: "mf", Get: flagsInt(messageFlags), Set: setFlags(messageFlags), Doc: "message flags as a number"},
	{Name: "mF", Get: flagsHex(messageFlags), Set: setFlags(messageFlags), Doc: "message flags in hexadecimal"},
	{Name: "bf", Get: flagsInt(branchFlags), Set: setFlags(branchFlags), Doc: "flags of the first branch as a number"},
	{Name: "bF", Get: flagsHex(branchFlags), Set: setFlags(branchFlags), Doc: "flags of the first branch in hexadecimal"},
	{Name: "sf", Get: flagsInt(scriptFlags), Set: setFlags(scriptFlags), Doc: "script flags as a number"},
	{Name: "sF", Get: flagsHex(scriptFlags), Set: setFlags(scriptFlags), Doc: "script flags in hexadecimal"},
	{Name: "Mf", Named: true, Parse: parseFlag, Get: getFlag(messageFlags), Set: setFlag(messageFlags), Doc: "one message flag, 0 or 1"},
	{Name: "Bf", Named: true, Parse: parseFlag, Get: getFlag(branchFlags), Set: setFlag(branchFlags), Doc: "one flag of the first branch, 0 or 1"},
	{Name: "Sf", Named: true, Parse: parseFlag, Get: getFlag(scriptFlags), Set: setFlag(scriptFlags), Doc: "one script flag, 0 or 1"},
}

// flags finds a set of flags; nil if there is no message.
type flags func(c *kemi.Ctx) *uint32

func messageFlags(c *kemi.Ctx) *uint32 {
	if c.Msg == nil {
		return nil
	}
	return &c.Msg.Flags
}

func branchFlags(c *kemi.Ctx) *uint32 {
	if c.Msg == nil {
		return nil
	}
	return &c.Msg.Target.Flags
}

func scriptFlags(c *kemi.Ctx) *uint32 { return &c.Shard.ScriptFlags }

// flagsInt reads flags as the signed number that scripts know.
func flagsInt(of flags) getter {
	return func(_ *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
		f := of(c)
		if f == nil {
			return kemi.Null
		}
		return kemi.Int(int(int32(*f)))
	}
}

func flagsHex(of flags) getter {
	return func(_ *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
		f := of(c)
		if f == nil {
			return kemi.Null
		}
		hex := strconv.FormatUint(uint64(*f), 16)
		return kemi.Str("00000000"[len(hex):] + hex)
	}
}

func setFlags(of flags) setter {
	return func(_ *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
		f := of(c)
		if f == nil || v.Kind() == kemi.KindStr {
			return false
		}
		*f = uint32(v.Int())
		return true
	}
}

func parseFlag(_ *state, _ *kemi.Registry, inner string) (any, error) {
	n, err := strconv.ParseUint(inner, 10, 8)
	if err != nil || n > 31 {
		return nil, errName
	}
	return uint32(1) << n, nil
}

func getFlag(of flags) getter {
	return func(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
		f := of(c)
		if f == nil {
			return kemi.Null
		}
		if *f&a.Data.(uint32) != 0 {
			return kemi.Int(1)
		}
		return kemi.Int(0)
	}
}

func setFlag(of flags) setter {
	return func(_ *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
		f := of(c)
		if f == nil || v.Kind() == kemi.KindStr {
			return false
		}
		if v.Int() != 0 {
			*f |= a.Data.(uint32)
		} else {
			*f &^= a.Data.(uint32)
		}
		return true
	}
}
