package pv

import (
	"slices"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// function is a KSR function of this module.
type function = func(*state, *kemi.Ctx, *kemi.Args) kemi.Value

var xavpFuncs = slices.Concat(treeFuncs(xavpKind), listFuncs(xavpKind), treeFuncs(xaviKind), listFuncs(xaviKind), treeFuncs(xavuKind), copyFuncs)

// treeFuncs are the functions that all three trees have.
func treeFuncs(k *treeKind) kemi.Funcs[state] {
	set, setChild := addRoot(k), setChild(k)
	if k == xavuKind {
		set = setRoot(k)
	}
	of := " of a name among the " + k.name + " variables"
	return kemi.Funcs[state]{
		{Name: k.name + "_get", Args: "name str", Returns: kemi.AnyValue, Call: rootOr(k, kemi.Null), Doc: "newest value" + of + "; nil if there is none"},
		{Name: k.name + "_gete", Args: "name str", Returns: kemi.AnyValue, Call: rootOr(k, kemi.Str("")), Doc: "newest value" + of + "; empty if there is none"},
		{Name: k.name + "_getw", Args: "name str", Returns: kemi.AnyValue, Call: rootOr(k, kemi.Str(kemi.NullText)), Doc: "newest value" + of + `; "<null>" if there is none`},
		{Name: k.name + "_is_null", Args: "name str", Returns: kemi.Code, Call: isNull(rootOr(k, kemi.Null)), Doc: "1 if there is no value" + of + ", else -1"},
		{Name: k.name + "_rm", Args: "name str", Returns: kemi.Code, Call: removeRoot(k), Doc: "takes the newest value" + of + " away; always 1"},
		{Name: k.name + "_seti", Args: "name str, value int", Returns: kemi.Code, Call: set, Doc: "sets a number" + of},
		{Name: k.name + "_sets", Args: "name str, value str", Returns: kemi.Code, Call: set, Doc: "sets a text" + of},
		{Name: k.name + "_child_get", Args: "name str, child str", Returns: kemi.AnyValue, Call: childOr(k, kemi.Null), Doc: "value of a child; nil if there is none"},
		{Name: k.name + "_child_gete", Args: "name str, child str", Returns: kemi.AnyValue, Call: childOr(k, kemi.Str("")), Doc: "value of a child; empty if there is none"},
		{Name: k.name + "_child_getw", Args: "name str, child str", Returns: kemi.AnyValue, Call: childOr(k, kemi.Str(kemi.NullText)), Doc: `value of a child; "<null>" if there is none`},
		{Name: k.name + "_child_is_null", Args: "name str, child str", Returns: kemi.Code, Call: isNull(childOr(k, kemi.Null)), Doc: "1 if there is no such child, else -1"},
		{Name: k.name + "_child_rm", Args: "name str, child str", Returns: kemi.Code, Call: removeChild(k), Doc: "takes the children of a name away; always 1"},
		{Name: k.name + "_child_seti", Args: "name str, child str, value int", Returns: kemi.Code, Call: setChild, Doc: "sets a child to a number"},
		{Name: k.name + "_child_sets", Args: "name str, child str, value str", Returns: kemi.Code, Call: setChild, Doc: "sets a child to a text"},
	}
}

// listFuncs are those of the trees in which a name may have several values.
func listFuncs(k *treeKind) kemi.Funcs[state] {
	return kemi.Funcs[state]{
		{Name: k.name + "_rm_all", Args: "name str", Returns: kemi.Code, Call: removeRoots(k), Doc: "takes all values of a name away; always 1"},
		{Name: k.name + "_getd", Args: "name str", Returns: kemi.AnyValue, Call: getDeep(k), Doc: "all values of a name with their children, as a table"},
		{Name: k.name + "_getd_p1", Args: "name str, index int", Returns: kemi.AnyValue, Call: getDeepAt(k), Doc: "one value of a name with its children, as a table"},
		{Name: k.name + "_get_keys", Args: "name str, index int", Returns: kemi.AnyValue, Call: getKeys(k), Doc: "names of the children of one value, as a table"},
	}
}

// root is the i-th newest entry that the first argument names, or nil.
func root(s *state, c *kemi.Ctx, k *treeKind, a *kemi.Args, i int) *route.XAVP {
	if i < 0 {
		return nil
	}
	return k.of(s.vars(c)).At(k.key(a.Str(0)), i)
}

// children is the list below the newest entry that the first argument names, or nil.
func children(s *state, c *kemi.Ctx, k *treeKind, a *kemi.Args) *route.XAVPs {
	if e := root(s, c, k, a, 0); e != nil {
		return e.Value.List
	}
	return nil
}

func rootOr(k *treeKind, other kemi.Value) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if e := root(s, c, k, a, 0); e != nil {
			return xavpValue(k, e)
		}
		return other
	}
}

func childOr(k *treeKind, other kemi.Value) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if e := children(s, c, k, a).At(k.key(a.Str(1)), 0); e != nil {
			return xavpValue(k, e)
		}
		return other
	}
}

func isNull(read function) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if read(s, c, a).IsNull() {
			return yes
		}
		return no
	}
}

// addRoot puts a value above the others of its name.
func addRoot(k *treeKind) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if a.Str(0) == "" {
			return no
		}
		k.of(s.vars(c)).Push(route.XAVP{Name: k.key(a.Str(0)), Value: toRoute(argument(a, 1))})
		return yes
	}
}

// setRoot gives a name its one value.
func setRoot(k *treeKind) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if a.Str(0) == "" {
			return no
		}
		setOnly(k.of(s.vars(c)), a.Str(0), toRoute(argument(a, 1)))
		return yes
	}
}

// setChild gives a child of the newest value its one value.
func setChild(k *treeKind) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if a.Str(0) == "" || a.Str(1) == "" {
			return no
		}
		list := below(k.of(s.vars(c)), k.key(a.Str(0)))
		setOnly(list, k.key(a.Str(1)), toRoute(argument(a, 2)))
		return yes
	}
}

func removeRoot(k *treeKind) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if k == xavuKind && a.Str(0) == "" {
			return no
		}
		k.of(s.vars(c)).Remove(k.key(a.Str(0)), 0)
		return yes
	}
}

func removeRoots(k *treeKind) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		k.of(s.vars(c)).RemoveAll(k.key(a.Str(0)))
		return yes
	}
}

func removeChild(k *treeKind) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if list := children(s, c, k, a); list != nil {
			list.RemoveAll(k.key(a.Str(1)))
		}
		return yes
	}
}
