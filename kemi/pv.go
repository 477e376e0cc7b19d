package kemi

import (
	"errors"
	"fmt"
)

// Errors of variables and formats.
var (
	errNoVariable = errors.New("not a pseudo-variable")
	errNoName     = errors.New("no such pseudo-variable")
	errInner      = errors.New("this variable takes no name in parentheses")
	errNoInner    = errors.New("this variable needs a name in parentheses")
	errIndex      = errors.New("bad index")
	errTran       = errors.New("no such transformation, or bad arguments")
)

// Variable is a pseudo-variable as it stands in a script, ready to be read and written.
// It never changes, so every shard may use it.
type Variable struct {
	text  string // as written
	row   *boundVar
	args  VarArgs
	inner *Variable // the inner name is this variable's value; nil: args is complete
	reg   *Registry
	chain []tranStep
}

// Var compiles a variable such as $ru, $(hdr(X)[1]) or $(ru{uri.host}). The result is kept,
// so that asking again costs a lookup. The whole text must be one variable.
func (r *Registry) Var(text string) (*Variable, error) {
	v := r.pv.parsed.get(text, r.compileWhole)
	if v.row == nil {
		return nil, fmt.Errorf("%s: %w", text, errNoVariable)
	}
	return v, nil
}

// FindVar is Var without a reason: nil for a text that is no variable.
func (r *Registry) FindVar(text string) *Variable {
	if v := r.pv.parsed.get(text, r.compileWhole); v.row != nil {
		return v
	}
	return nil
}

// Prefix compiles the variable that a text begins with, and gives the length of it. The result is not kept.
func (r *Registry) Prefix(text string) (v *Variable, n int, err error) { return r.compile(text) }

// compileWhole gives a Variable without a row for a text that is no variable, so that the
// cache keeps failures too.
func (r *Registry) compileWhole(text string) *Variable {
	v, n, err := r.compile(text)
	if err != nil || n != len(text) {
		return &Variable{text: text}
	}
	return v
}

// compile reads the variable that a text begins with, and gives the length of it.
func (r *Registry) compile(text string) (v *Variable, n int, err error) {
	p, err := r.scan(text)
	if err != nil {
		return nil, 0, err
	}
	v = &Variable{text: text[:p.end], reg: r, chain: p.chain, row: r.pv.vars[p.name]}
	if v.row == nil {
		return nil, 0, fmt.Errorf("$%s: %w", p.name, errNoName)
	}
	if err := v.bind(p); err != nil {
		return nil, 0, fmt.Errorf("%s: %w", v.text, err)
	}
	return v, p.end, nil
}

// bind checks the inner name and the index against the row.
func (v *Variable) bind(p varSyntax) (err error) {
	if p.hasInner && !v.row.Named {
		return errInner
	}
	if p.inner == "" && v.row.Named {
		return errNoInner
	}
	if p.hasIndex {
		if !v.row.Index {
			return errIndex
		}
		if v.args.index, err = v.reg.parseIndex(p.index); err != nil {
			return err
		}
	}
	v.args.Inner = p.inner
	if v.row.dynamic && p.inner[0] == '$' {
		v.inner, err = v.reg.Var(p.inner)
		return err
	}
	if v.row.parse != nil {
		v.args.Data, err = v.row.parse(v.reg, p.inner)
	}
	return err
}

// String is the variable as it was written.
func (v *Variable) String() string { return v.text }

// Name is the variable's name without what stands around it: "hdr" for $(hdr(X)[1]).
func (v *Variable) Name() string { return v.row.Name }

// Writable tells whether the variable can be set at all.
func (v *Variable) Writable() bool { return v.row.set != nil }

// Args are the inner name and the index; ok is false if a dynamic inner name cannot be read now.
func (v *Variable) Args(c *Ctx) (a *VarArgs, ok bool) {
	if v.inner == nil {
		return &v.args, true
	}
	name := v.inner.Get(c)
	a = &VarArgs{Inner: name.Text(), index: v.args.index}
	if a.Inner == "" {
		return nil, false
	}
	if v.row.parse != nil {
		data, err := v.row.parse(v.reg, a.Inner)
		if err != nil {
			return nil, false
		}
		a.Data = data
	}
	return a, true
}

// Get reads the variable; null if it has no value, or if a transformation fails.
func (v *Variable) Get(c *Ctx) Value {
	a := &v.args
	if v.inner != nil {
		var ok bool
		if a, ok = v.Args(c); !ok {
			return Null
		}
	}
	x := v.row.get(c, a)
	for i := range v.chain {
		if x.IsNull() && !v.chain[i].row.null {
			return Null
		}
		x = v.chain[i].run(c, x)
	}
	return x
}

// Set writes the variable and tells whether it worked; null unsets it. Writing one that is
// read-only does nothing and counts as success. Transformations do not matter here.
func (v *Variable) Set(c *Ctx, x Value) bool {
	if v.row.set == nil {
		return true
	}
	a, ok := v.Args(c)
	return ok && v.row.set(c, a, x)
}
