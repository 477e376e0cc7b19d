package kemi

import (
	"fmt"
	"strings"
)

// MaxArgs is the most arguments a KSR function takes, as in the incumbent.
const MaxArgs = 6

// Arg is one declared argument of a function.
type Arg struct {
	Name string
	Kind ValueKind // KindInt or KindStr
}

// Args are the arguments of one call, already turned into the declared kinds.
type Args struct {
	vals [MaxArgs]Value
	n    int
}

// Len is how many arguments there are.
func (a *Args) Len() int { return a.n }

// Int is the i-th argument, which was declared int.
func (a *Args) Int(i int) int { return int(a.vals[i].num) }

// Str is the i-th argument, which was declared str.
func (a *Args) Str(i int) string { return a.vals[i].text }

// At is the i-th argument as it is.
func (a *Args) At(i int) Value { return a.vals[i] }

// Reset empties the arguments for the next call.
func (a *Args) Reset() { a.n = 0 }

// forget lets go of the texts.
func (a *Args) forget() { *a = Args{} }

// Push adds an argument; engines call it after conversion. It gives false past MaxArgs.
func (a *Args) Push(v Value) bool {
	if a.n == MaxArgs {
		return false
	}
	a.vals[a.n] = v
	a.n++
	return true
}

// MakeArgs builds arguments, for tests and for calls from Go.
func MakeArgs(vals ...Value) *Args {
	a := new(Args)
	for _, v := range vals {
		a.Push(v)
	}
	return a
}

// parseArgs reads a declaration such as "limit int, reason str".
func parseArgs(spec string) ([]Arg, error) {
	if spec == "" {
		return nil, nil
	}
	var args []Arg
	for part := range strings.SplitSeq(spec, ",") {
		words := strings.Fields(part)
		if len(words) != 2 {
			return nil, fmt.Errorf("argument %q: want NAME KIND", part)
		}
		kind, ok := argKinds[words[1]]
		if !ok {
			return nil, fmt.Errorf("argument %q: the kinds are int and str", part)
		}
		args = append(args, Arg{Name: words[0], Kind: kind})
	}
	if len(args) > MaxArgs {
		return nil, fmt.Errorf("%d arguments: at most %d", len(args), MaxArgs)
	}
	return args, nil
}

var argKinds = map[string]ValueKind{"int": KindInt, "str": KindStr}
