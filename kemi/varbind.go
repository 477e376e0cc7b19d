package kemi

import (
	"fmt"
	"strings"
)

// boundVar is a pseudo-variable of one server.
type boundVar struct {
	*VarInfo
	dynamic bool
	get     func(c *Ctx, a *VarArgs) Value
	set     func(c *Ctx, a *VarArgs, v Value) bool // nil: read-only
	parse   func(r *Registry, inner string) (any, error)
}

// boundTrans is a transformation of one server.
type boundTrans struct {
	*TransInfo
	kinds []tranArg
	null  bool // it takes null too
	call  func(c *Ctx, v Value, a *TranArgs) Value
	parse func(a *TranArgs) (any, error) // nil: nothing to prepare
}

// describeVars fills what Info says of variables and transformations.
func (d *defined[S]) describeVars() error {
	for _, v := range d.spec.Vars {
		d.info.Vars = append(d.info.Vars, VarInfo{v.Name, v.Named, v.Index, v.Set != nil, v.Doc})
	}
	for _, t := range d.spec.Trans {
		if _, err := parseTranKinds(t.Args); err != nil {
			return fmt.Errorf("transformation %s: %w", t.Name, err)
		}
		d.info.Trans = append(d.info.Trans, TransInfo{t.Name, t.Args, t.Doc})
	}
	return nil
}

// bindVars binds the rows to a module's state.
func (d *defined[S]) bindVars(in *Instance, state *S) {
	for i := range d.spec.Vars {
		row := &d.spec.Vars[i]
		v := &boundVar{VarInfo: &d.info.Vars[i], dynamic: row.Dynamic}
		v.get = func(c *Ctx, a *VarArgs) Value { return row.Get(state, c, a) }
		if row.Set != nil {
			v.set = func(c *Ctx, a *VarArgs, x Value) bool { return row.Set(state, c, a, x) }
		}
		if row.Parse != nil {
			v.parse = func(r *Registry, inner string) (any, error) { return row.Parse(state, r, inner) }
		}
		in.vars = append(in.vars, v)
	}
	for i := range d.spec.Trans {
		in.trans = append(in.trans, bindTran(&d.spec.Trans[i], &d.info.Trans[i], state))
	}
}

func bindTran[S any](row *Tran[S], info *TransInfo, state *S) *boundTrans {
	kinds, _ := parseTranKinds(row.Args) // describeVars checked it
	t := &boundTrans{TransInfo: info, kinds: kinds, null: row.Null}
	t.call = func(c *Ctx, v Value, a *TranArgs) Value { return row.Call(state, c, v, a) }
	if row.Parse != nil {
		t.parse = func(a *TranArgs) (any, error) { return row.Parse(state, a) }
	}
	return t
}

// pvTable holds the variables and transformations of a server, and what was compiled of them.
type pvTable struct {
	vars    map[string]*boundVar
	trans   map[string]*boundTrans // by class.name in lower case; the class counts as written
	parsed  cache[*Variable]
	formats cache[*Format]
}

func (t *pvTable) init() {
	t.vars = map[string]*boundVar{}
	t.trans = map[string]*boundTrans{}
	t.parsed.init()
	t.formats.init()
}

// add takes in a module. The first module that brings a name keeps it.
func (t *pvTable) add(in *Instance) error {
	for _, v := range in.vars {
		if !validName(v.Name) && v.Name != "$" {
			return fmt.Errorf("variable $%s: not a name", v.Name)
		}
		if t.vars[v.Name] != nil {
			return fmt.Errorf("variable $%s is defined twice", v.Name)
		}
		t.vars[v.Name] = v
	}
	for _, x := range in.trans {
		if t.trans[x.Name] != nil {
			return fmt.Errorf("transformation {%s} is defined twice", x.Name)
		}
		t.trans[x.Name] = x
	}
	return nil
}

// transformation finds a row. Case counts in the class but not in the name, as in the incumbent.
func (t *pvTable) transformation(class, name string) *boundTrans {
	return t.trans[class+"."+strings.ToLower(name)]
}

func validName(name string) bool {
	for i := range len(name) {
		if !nameByte(name[i]) {
			return false
		}
	}
	return name != ""
}
