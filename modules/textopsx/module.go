// Package textopsx changes messages: applying the changes so far, header values in lists, walks over headers and body lines.
package textopsx

import (
	"strings"

	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the textopsx module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "textopsx",
	Doc: "Changes of messages: applying them so that the script sees them, values inside of header lists, walks over headers and body lines. " +
		"A header value is named as Name, Name[index] (from 1 on; -1 is the last one) or Name[index].parameter.",
	New:   func() *state { return new(state) },
	Funcs: join(messageFuncs, globFuncs, expanding(valueFuncs), expanding(memberFuncs), headerIteratorFuncs, lineIteratorFuncs),
	Vars:  vars,
})

// state is the module in one server; its address is the key of what the module keeps with a message.
type state struct {
	patterns regex.Cache
	registry *kemi.Registry
}

// Start implements an optional step of a module's life.
func (s *state) Start(server *kemi.Server) error {
	s.registry = server.Registry
	return nil
}

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

// expanding makes the value, the second argument, a text with variables.
func expanding(list funcs) (all funcs) {
	for _, f := range list {
		f.Call = expanded(f.Name, f.Call)
		all = append(all, f)
	}
	return all
}

func expanded(name string, f call) call {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if a.Len() < 2 || strings.IndexByte(a.Str(1), '$') < 0 {
			return f(s, c, a)
		}
		format, err := s.registry.Format(a.Str(1))
		if err != nil {
			c.Misuse("textopsx."+name, err.Error())
			return no
		}
		var with kemi.Args
		with.Push(a.At(0))
		with.Push(kemi.Str(string(format.Append(nil, c))))
		return f(s, c, &with)
	}
}

// The codes that functions give.
var (
	yes  = kemi.Int(1)
	zero = kemi.Int(0)
	no   = kemi.Int(-1)
)

func verdict(ok bool) kemi.Value {
	if ok {
		return yes
	}
	return no
}
