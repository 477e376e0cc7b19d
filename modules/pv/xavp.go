package pv

import (
	"errors"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var xavpVars = kemi.Vars[state]{
	{Name: "xavp", Named: true, Parse: parseXAVP(xavpKind), Get: getXAVP, Set: setXAVP, Doc: "trees of values that live as long as the transaction: $xavp(root[i]=>child[k]); a write without an index adds an entry, one with an index takes its place"},
	{Name: "xavi", Named: true, Parse: parseXAVP(xaviKind), Get: getXAVP, Set: setXAVP, Doc: "the same as $xavp with names in any case"},
	{Name: "xavu", Named: true, Parse: parseXAVP(xavuKind), Get: getXAVP, Set: setXAVU, Doc: "trees in which a name has one value: $xavu(root=>child)"},
}

// treeKind is one of the three trees.
type treeKind struct {
	name  string
	of    func(*route.Vars) *route.XAVPs
	fold  bool // names in any case
	depth int  // levels of a path that count
}

// The trees; they are never written.
var (
	xavpKind = &treeKind{"xavp", func(v *route.Vars) *route.XAVPs { return &v.XAVP }, false, xavpDepth}
	xaviKind = &treeKind{"xavi", func(v *route.Vars) *route.XAVPs { return &v.XAVI }, true, xavpDepth}
	xavuKind = &treeKind{"xavu", func(v *route.Vars) *route.XAVPs { return &v.XAVU }, false, xavuDepth}
)

// key is a name as the tree holds it.
func (k *treeKind) key(name string) string {
	if k.fold {
		return strings.ToLower(name)
	}
	return name
}

// xavpPath is what stands inside $xavp(…).
type xavpPath struct {
	tree  *treeKind
	steps []xavpStep
}

// xavpStep is one level of a path.
type xavpStep struct {
	name       string
	given, all bool // an index, and that it is a star
	index      int
	v          *kemi.Variable // the index, if it is a variable
}

var errXAVP = errors.New("want name[index]=>name[index]")

// The incumbent knows two levels of $xavp and $xavi and ignores what stands deeper.
const (
	xavpDepth = 2
	xavuDepth = 8
)

func parseXAVP(kind *treeKind) func(*state, *kemi.Registry, string) (any, error) {
	return func(_ *state, r *kemi.Registry, inner string) (any, error) {
		p := &xavpPath{tree: kind}
		for part := range strings.SplitSeq(inner, "=>") {
			step, err := parseXAVPStep(r, part)
			if err != nil || kind == xavuKind && step.given {
				return nil, errXAVP
			}
			if len(p.steps) < kind.depth {
				step.name = kind.key(step.name)
				p.steps = append(p.steps, step)
			}
		}
		return p, nil
	}
}

func parseXAVPStep(r *kemi.Registry, text string) (x xavpStep, err error) {
	name, index, ok := strings.Cut(text, "[")
	if x.name = name; name == "" {
		return x, errXAVP
	}
	if !ok {
		return x, nil
	}
	index, closed := strings.CutSuffix(index, "]")
	x.given, x.all = true, index == "*"
	switch {
	case !closed:
		return x, errXAVP
	case x.all:
		return x, nil
	case strings.HasPrefix(index, "$"):
		x.v, err = r.Var(index)
	default:
		x.index, err = strconv.Atoi(index)
	}
	return x, err
}

// at is the index of a step, counted from the newest; -1 if there is no such entry.
func (x *xavpStep) at(c *kemi.Ctx, level *route.XAVPs) int {
	i := x.index
	if x.v != nil {
		v := x.v.Get(c)
		if v.Kind() != kemi.KindInt {
			return -1
		}
		i = v.Int()
	}
	if i < 0 {
		i += level.Count(x.name)
	}
	return i
}

// find is the entry that a step names, or nil.
func (x *xavpStep) find(c *kemi.Ctx, level *route.XAVPs) *route.XAVP {
	if i := x.at(c, level); i >= 0 {
		return level.At(x.name, i)
	}
	return nil
}

// level is the list in which the last step of a path stands, or nil.
func (p *xavpPath) level(c *kemi.Ctx, vars *route.Vars) *route.XAVPs {
	list := p.tree.of(vars)
	for i := range p.steps[:len(p.steps)-1] {
		e := p.steps[i].find(c, list)
		if e == nil || e.Value.List == nil {
			return nil
		}
		list = e.Value.List
	}
	return list
}

func getXAVP(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	p := a.Data.(*xavpPath)
	list := p.level(c, s.vars(c))
	if list == nil {
		return kemi.Null
	}
	e := p.steps[len(p.steps)-1].find(c, list)
	if e == nil || p.tree == xavuKind && len(p.steps) > 1 && e.Value.List != nil {
		return kemi.Null
	}
	return xavpValue(p.tree, e)
}

// xavpValue is an entry as scripts read it: a list shows as a text that names it.
func xavpValue(tree *treeKind, e *route.XAVP) kemi.Value {
	if e.Value.List == nil && e.Value.Data == nil {
		return fromRoute(&e.Value)
	}
	if e.Value.Data != nil {
		return kemi.Null
	}
	return kemi.Str("<<" + tree.name + ":" + e.Name + ">>")
}
