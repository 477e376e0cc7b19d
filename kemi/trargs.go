package kemi

import (
	"fmt"
	"strings"
)

// maxTranArgs is the most arguments that a transformation takes.
const maxTranArgs = 3

// tranKind is the kind of a transformation's argument.
type tranKind uint8

const (
	tranInt tranKind = iota
	tranStr
	tranChar
	tranByte
	tranRest
)

var tranKinds = map[string]tranKind{"int": tranInt, "str": tranStr, "char": tranChar, "byte": tranByte, "rest": tranRest}

// tranArg is one declared argument.
type tranArg struct {
	kind     tranKind
	optional bool
}

// parseTranKinds reads a declaration such as "index int, delimiter str?".
func parseTranKinds(spec string) (args []tranArg, err error) {
	if spec == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(spec, ",") {
		words := strings.Fields(part)
		if len(words) != 2 {
			return nil, fmt.Errorf("argument %q: want NAME KIND", part)
		}
		word, optional := strings.CutSuffix(words[1], "?")
		kind, ok := tranKinds[word]
		if !ok {
			return nil, fmt.Errorf("argument %q: the kinds are int, str, char, byte and rest", part)
		}
		args = append(args, tranArg{kind, optional})
	}
	if len(args) > maxTranArgs {
		return nil, fmt.Errorf("%d arguments: at most %d", len(args), maxTranArgs)
	}
	return args, nil
}

// TranArgs are the arguments of a transformation in one place of a script.
type TranArgs struct {
	Data any // what Parse made of them; nil if an argument is a variable
	vals [maxTranArgs]tranValue
	n    int
}

type tranValue struct {
	num  int
	text string
	v    *Variable // nil: a constant
}

// Len is how many arguments there are.
func (a *TranArgs) Len() int { return a.n }

// Int is the i-th argument, which was declared int; 0 if it was left out.
func (a *TranArgs) Int(i int) int { return a.vals[i].num }

// Str is the i-th argument as a text; empty if it was left out.
func (a *TranArgs) Str(i int) string { return a.vals[i].text }

// resolve reads the arguments that are variables, and tells whether they fit.
func (a *TranArgs) resolve(c *Ctx, row *boundTrans) bool {
	for i := range a.n {
		x := &a.vals[i]
		if x.v == nil {
			continue
		}
		val := x.v.Get(c)
		x.text = val.Text()
		if val.IsNull() || row.kinds[i].kind == tranInt && val.Kind() != KindInt {
			return false
		}
		x.num = val.Int()
		if row.kinds[i].kind == tranChar {
			x.text = x.text[:min(1, len(x.text))]
		}
	}
	if row.parse != nil {
		var err error
		a.Data, err = row.parse(a)
		return err == nil
	}
	return true
}
