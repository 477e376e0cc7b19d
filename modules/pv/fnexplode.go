package pv

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var explodeFuncs = kemi.Funcs[state]{
	{Name: "xavp_params_explode", Args: "params str, name str", Returns: kemi.Code, Call: explode(xavpKind, 1), Doc: "adds an XAVP with a child for each parameter of a=1;b=2; -1 for a wrong text"},
	{Name: "xavp_xparams_explode", Args: "params str, separator str, name str", Returns: kemi.Code, Call: explode(xavpKind, 2), Doc: "the same for parameters that another byte separates"},
	{Name: "xavu_params_explode", Args: "params str, name str", Returns: kemi.Code, Call: explode(xavuKind, 1), Doc: "sets the children of an XAVU from the parameters of a=1;b=2; -1 for a wrong text"},
	{Name: "xavp_params_implode", Args: "name str, variable str", Returns: kemi.Code, Call: implode(""), Doc: "writes the children of an XAVP as a=1;b=2; to a variable; -1 if there is none"},
	{Name: "xavp_params_implode_qval", Args: "name str, variable str", Returns: kemi.Code, Call: implode(`"`), Doc: "the same with the values in quotes"},
	{Name: "xavu_params_implode", Args: "name str, variable str", Returns: kemi.Code, Call: implode(""), Doc: "the same as xavp_params_implode: like the incumbent it looks among the XAVPs"},
	{Name: "xavp_slist_explode", Args: "list str, separators str, mode str, name str", Returns: kemi.Code, Call: (*state).explodeList, Doc: "adds an XAVP with a child v for each item of a list; mode t trims blanks; -1 for an empty list"},
}

// explode reads parameters into an entry; the name is the argument at nameAt.
func explode(k *treeKind, nameAt int) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		separator := ";"
		if nameAt == 2 {
			separator = a.Str(1)
		}
		if len(separator) != 1 || a.Str(nameAt) == "" {
			return no
		}
		params, err := readParams(a.Str(0), separator[0])
		if err != nil {
			return no
		}
		list := new(route.XAVPs)
		for _, p := range params {
			if p.Name == "" || p.Name[0] == ',' {
				return no
			}
			list.Append(route.XAVP{Name: p.Name, Value: route.TextValue(p.Value)})
		}
		roots := k.of(s.vars(c))
		if k == xavuKind {
			roots.RemoveAll(a.Str(nameAt))
		}
		roots.Push(route.XAVP{Name: a.Str(nameAt), Value: route.Value{List: list}})
		return yes
	}
}

func implode(quote string) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		list := children(s, c, xavpKind, a)
		v := s.srv.Registry.FindVar(a.Str(1))
		if list == nil || v == nil || !v.Writable() {
			return no
		}
		var b strings.Builder
		for _, x := range list.List() {
			b.WriteString(x.Name)
			if value := xavpValue(xavpKind, &x).Text(); value != "" {
				b.WriteString("=" + quote + value + quote)
			}
			b.WriteByte(';')
		}
		if !v.Set(c, kemi.Str(b.String())) {
			return no
		}
		return yes
	}
}

func (s *state) explodeList(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, separators, name := a.Str(0), a.Str(1), a.Str(3)
	if text == "" || separators == "" || name == "" {
		return no
	}
	list := new(route.XAVPs)
	for text != "" {
		end := endOf(text, separators)
		item := text[:end]
		text = text[min(end+1, len(text)):]
		if strings.Contains(a.Str(2), "t") {
			item = strings.Trim(item, blanks)
		}
		if item != "" {
			list.Append(route.XAVP{Name: "v", Value: route.TextValue(item)})
		}
	}
	s.vars(c).XAVP.Push(route.XAVP{Name: name, Value: route.Value{List: list}})
	return yes
}
