package lua

import (
	"strconv"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/kemi"
)

// arguments turns what the script gave into the declared kinds. It gives false if the
// function must not run.
func (b *binding) arguments(L *glua.LState, c *kemi.Ctx) bool {
	given, want := L.GetTop(), len(b.f.Args)
	c.Args.Reset()
	if b.loose {
		return pushLoose(L, c, given)
	}
	if given != want && !b.countIsGood(c, given) {
		return false
	}
	for i := range b.f.Args {
		c.Args.Push(b.argument(c, L.Get(i+1), i))
	}
	return true
}

// argument is the i-th argument as its declared kind.
func (b *binding) argument(c *kemi.Ctx, v glua.LValue, i int) kemi.Value {
	if b.f.Args[i].Kind == kemi.KindStr {
		return b.strArg(c, v, i)
	}
	return kemi.Int(b.intArg(c, v, i))
}

// countIsGood decides about a number of arguments that is not the declared one: more are
// ignored, up to six in all, unless the function takes none.
func (b *binding) countIsGood(c *kemi.Ctx, given int) bool {
	want := len(b.f.Args)
	if given > want && want > 0 && given <= kemi.MaxArgs {
		return true
	}
	c.Misuse(b.name, "it takes "+plural(want)+" and was given "+strconv.Itoa(given))
	return false
}

func plural(n int) string {
	switch n {
	case 0:
		return "no arguments"
	case 1:
		return "1 argument"
	}
	return strconv.Itoa(n) + " arguments"
}

// pushLoose passes on whatever the script gave, as texts.
func pushLoose(L *glua.LState, c *kemi.Ctx, given int) bool {
	for i := range min(given, kemi.MaxArgs) {
		c.Args.Push(kemi.Str(textOf(L.Get(i + 1))))
	}
	return true
}

// strArg gives null for what is no text: it reads as an empty one, and the few functions that refuse it can tell.
func (b *binding) strArg(c *kemi.Ctx, v glua.LValue, i int) kemi.Value {
	switch v := v.(type) {
	case glua.LString:
		return kemi.Str(string(v))
	case glua.LNumber:
		return kemi.Str(numberText(float64(v)))
	}
	b.wrongKind(c, v, i, "a text", "an empty one")
	return kemi.Null
}

func (b *binding) intArg(c *kemi.Ctx, v glua.LValue, i int) int {
	switch v := v.(type) {
	case glua.LNumber:
		return toInt(float64(v))
	case glua.LString:
		if f, ok := parseNumber(string(v)); ok {
			return toInt(f)
		}
	}
	b.wrongKind(c, v, i, "a number", "0")
	return 0
}

func (b *binding) wrongKind(c *kemi.Ctx, v glua.LValue, i int, want, taken string) {
	c.Misuse(b.name, "argument "+strconv.Itoa(i+1)+" ("+b.f.Args[i].Name+") is "+describe(v)+
		" where "+want+" is expected; "+taken+" is taken")
}

// describe names a value's kind, with a text's beginning.
func describe(v glua.LValue) string {
	text, ok := v.(glua.LString)
	if !ok {
		return v.Type().String()
	}
	if len(text) > 40 {
		text = text[:40]
	}
	return "the text " + strconv.Quote(string(text))
}
