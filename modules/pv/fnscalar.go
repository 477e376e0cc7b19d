package pv

import (
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// yes and no are what most functions return.
var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

var scalarFuncs = kemi.Funcs[state]{
	{Name: "var_get", Args: "name str", Returns: kemi.AnyValue, Call: (*state).varGet, Doc: "value of $var(name); 0 if it is not set"},
	{Name: "var_seti", Args: "name str, value int", Returns: kemi.Code, Call: (*state).varSet, Doc: "sets $var(name) to a number"},
	{Name: "var_sets", Args: "name str, value str", Returns: kemi.Code, Call: (*state).varSet, Doc: "sets $var(name) to a text"},
	{Name: "shv_get", Args: "name str", Returns: kemi.AnyValue, Call: (*state).shvGet, Doc: "value of $shv(name); 0 if nobody declared it"},
	{Name: "shv_seti", Args: "name str, value int", Returns: kemi.Code, Call: (*state).shvSet, Doc: "sets a declared $shv(name) to a number; -1 if nobody declared it"},
	{Name: "shv_sets", Args: "name str, value str", Returns: kemi.Code, Call: (*state).shvSet, Doc: "sets a declared $shv(name) to a text; -1 if nobody declared it"},
	{Name: "shvinc_get", Args: "name str", Returns: kemi.AnyValue, Call: (*state).shvIncrement, Doc: "adds one to a declared $shv(name) and gives the sum; 0 if nobody declared it"},
	{Name: "evalx", Args: "variable str, format str", Returns: kemi.Code, Call: (*state).evalx, Doc: "sets a variable to a text with variables in it; -1 if either is wrong"},
	{Name: "pv_var_to_xavp", Args: "name str, xavp str", Returns: kemi.Code, Call: (*state).varToXAVP, Doc: "copies $var(name), or all of them for *, to children of an XAVP; -1 if it is not set"},
	{Name: "pv_xavp_to_var", Args: "xavp str", Returns: kemi.Code, Call: (*state).xavpToVar, Doc: "copies the children of an XAVP to variables of their names; -1 if there is none"},
	{Name: "pv_xavp_print", Returns: kemi.Code, Call: printTree(xavpKind), Doc: "writes all XAVPs to the log"},
	{Name: "pv_xavi_print", Returns: kemi.Code, Call: printTree(xaviKind), Doc: "writes all XAVIs to the log"},
	{Name: "pv_xavu_print", Returns: kemi.Code, Call: printTree(xavuKind), Doc: "writes all XAVUs to the log"},
}

// argument is the i-th argument as the value to set; what a script gave instead of a text
// (nil, a table) is an empty one.
func argument(a *kemi.Args, i int) kemi.Value {
	if a.At(i).Kind() == kemi.KindInt {
		return a.At(i)
	}
	return kemi.Str(a.Str(i))
}

func (s *state) varGet(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	n, err := s.names.number(a.Str(0))
	if err != nil {
		return kemi.Int(0)
	}
	return orZero(at(s.worker(c).zero, n))
}

func (s *state) varSet(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	n, err := s.names.number(a.Str(0))
	if err != nil || a.Str(0) == "" {
		return no
	}
	*slot(&s.worker(c).zero, n) = argument(a, 1)
	return yes
}

func (s *state) shvGet(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	if v := s.shared.find(a.Str(0)); v != nil {
		return v.get()
	}
	return kemi.Int(0)
}

func (s *state) shvSet(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	v := s.shared.find(a.Str(0))
	if v == nil {
		return no
	}
	v.set(argument(a, 1))
	return yes
}

func (s *state) shvIncrement(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	if v := s.shared.find(a.Str(0)); v != nil {
		return v.increment()
	}
	return kemi.Int(0)
}

func (s *state) evalx(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	v := s.srv.Registry.FindVar(a.Str(0))
	if v == nil || !v.Writable() {
		return no
	}
	f, err := s.srv.Registry.Format(a.Str(1))
	if err != nil || !v.Set(c, kemi.Str(f.Text(c))) {
		return no
	}
	return yes
}

func (s *state) varToXAVP(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	list := new(route.XAVPs)
	for name, n := range s.names.matching(a.Str(0)) {
		if v := at(s.worker(c).zero, n); !v.IsNull() {
			list.Push(route.XAVP{Name: name, Value: toRoute(v)})
		}
	}
	if len(list.List()) == 0 || a.Str(1) == "" {
		return no
	}
	roots := &s.vars(c).XAVP
	roots.RemoveAll(a.Str(1))
	roots.Push(route.XAVP{Name: a.Str(1), Value: route.Value{List: list}})
	return yes
}

// matching is the number of one name, or those of all names for a star.
func (t *nameTable) matching(name string) map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := map[string]int{}
	for known, n := range t.index {
		if name == "*" || name == known {
			found[known] = n
		}
	}
	return found
}

func (s *state) xavpToVar(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	root := s.vars(c).XAVP.At(a.Str(0), 0)
	if root == nil || root.Value.List == nil {
		return no
	}
	list := root.Value.List.List()
	for i := len(list) - 1; i >= 0; i-- {
		if n, err := s.names.number(list[i].Name); err == nil {
			*slot(&s.worker(c).zero, n) = xavpValue(xavpKind, &list[i])
		}
	}
	return yes
}

func printTree(kind *treeKind) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(s *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
		for _, e := range kind.of(s.vars(c)).List() {
			c.Log(log.Info, "pv", kind.name+" "+describe(kind, &e, xavuDepth))
		}
		return yes
	}
}

// describe writes an entry and those below it in one line.
func describe(kind *treeKind, e *route.XAVP, depth int) string {
	if e.Value.List == nil || depth == 0 {
		return e.Name + "=" + xavpValue(kind, e).Text()
	}
	var parts []string
	for _, x := range e.Value.List.List() {
		parts = append(parts, describe(kind, &x, depth-1))
	}
	return e.Name + "={" + strings.Join(parts, ", ") + "}"
}
