package pv

import (
	"errors"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var avpVars = kemi.Vars[state]{
	{Name: "avp", Named: true, Index: true, Parse: parseAVP, Get: getAVP, Set: setAVP, Doc: "values that live as long as the transaction; a write puts one above the others, [i] is the i-th newest, [*] all of them"},
}

// avpName is the key of AVPs. Names that are numbers ($avp(i:10)) are told apart from texts.
type avpName struct {
	class route.AVPClass
	name  string
	from  *kemi.Variable // whose value is the name; nil: name is it
}

var errAVPName = errors.New("not the name of an AVP: want name, s:name or i:number")

// AVP is the list and the name of the AVP, for modules that work on AVPs which a script names; ok is false if it has no
// name now.
func (n *avpName) AVP(c *kemi.Ctx) (class route.AVPClass, name string, ok bool) {
	if n, ok = n.now(c); !ok {
		return 0, "", false
	}
	return n.class, n.name, true
}

// intPrefix marks the names that are numbers; it cannot stand in a script.
const intPrefix = "\x00"

func parseAVPName(text string) (avpName, error) {
	kind, name, ok := strings.Cut(text, ":")
	switch {
	case text == "":
		return avpName{}, errAVPName
	case !ok:
		return avpName{name: text}, nil
	case name == "":
		return avpName{}, errAVPName
	case kind == "s":
		return avpName{name: name}, nil
	case kind == "i":
		return avpName{name: intPrefix + name}, nil
	}
	return avpName{}, errAVPName
}

func parseAVP(s *state, r *kemi.Registry, inner string) (any, error) {
	if target, ok := s.aliases[inner]; ok {
		return &target, nil
	}
	if strings.HasPrefix(inner, "$") {
		v, err := r.Var(inner)
		return &avpName{from: v}, err
	}
	name, err := parseAVPName(inner)
	if err != nil || name.name[0] == '$' {
		return nil, errAVPName
	}
	return &name, nil
}

// now gives the name as it is now: a variable gives a text as it is, or a number other than 0. ok is false without a name.
func (n *avpName) now(c *kemi.Ctx) (name *avpName, ok bool) {
	if n.from == nil {
		return n, true
	}
	x := n.from.Get(c)
	text := x.Text()
	if x.Kind() == kemi.KindInt {
		if x.Int() == 0 {
			return nil, false
		}
		text = intPrefix + text
	}
	return &avpName{name: text}, text != ""
}

// vars are the variables of the message's transaction. Events without a message use the
// shard's own, as an incumbent process does.
func (s *state) vars(c *kemi.Ctx) *route.Vars {
	if c.Msg != nil {
		return c.Msg.AVPs()
	}
	return &s.worker(c).vars
}

// fromRoute and toRoute turn values of core into those of scripts and back.
func fromRoute(v *route.Value) kemi.Value {
	if v.IsNum {
		return kemi.Int64(v.Num)
	}
	return kemi.Str(v.Text)
}

func toRoute(v kemi.Value) route.Value {
	if v.Kind() == kemi.KindInt {
		return route.NumValue(v.Int64())
	}
	return route.TextValue(v.Text())
}

func getAVP(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	name, ok := a.Data.(*avpName).now(c)
	if !ok {
		return kemi.Null
	}
	avps := &s.vars(c).AVP
	if a.IndexAll() {
		return joinAVPs(avps, name)
	}
	i, ok := a.Index(c)
	if i < 0 {
		// The incumbent finds only the newest by counting from the end.
		if i += avps.Count(name.class, name.name); i != 0 {
			return kemi.Null
		}
	}
	x := avps.At(name.class, name.name, i)
	if !ok || x == nil {
		return kemi.Null
	}
	return fromRoute(&x.Value)
}

func joinAVPs(avps *route.AVPs, name *avpName) kemi.Value {
	var out []byte
	for i := 0; ; i++ {
		x := avps.At(name.class, name.name, i)
		if x == nil && i == 0 {
			return kemi.Null
		}
		if x == nil {
			return kemi.Str(string(out))
		}
		if i > 0 {
			out = append(out, ", "...)
		}
		out = fromRoute(&x.Value).AppendText(out)
	}
}

// setAVP puts a value above the others, whatever the index; with [*] it takes the place of
// all. Null takes the newest one away. The incumbent does the same.
func setAVP(s *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	name, ok := a.Data.(*avpName).now(c)
	if !ok {
		return false
	}
	avps := &s.vars(c).AVP
	switch {
	case a.IndexAll():
		avps.RemoveAll(name.class, name.name)
	case v.IsNull():
		if x := avps.At(name.class, name.name, 0); x != nil {
			avps.Remove(x)
		}
	}
	if !v.IsNull() {
		avps.Push(name.class, name.name, toRoute(v))
	}
	return true
}
