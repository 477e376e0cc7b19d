package kemi

import "strconv"

// Canonical writes the variable anew from what was understood of it, in its long form. It is the same variable.
func (v *Variable) Canonical() string {
	if v.row.Name == "$" {
		return "$$"
	}
	text := "$(" + v.row.Name
	if v.row.Named {
		inner := v.args.Inner
		if v.inner != nil {
			inner = v.inner.Canonical()
		}
		text += "(" + inner + ")"
	}
	text += printIndex(v.args.index)
	for i := range v.chain {
		text += printStep(&v.chain[i])
	}
	return text + ")"
}

func printIndex(x indexArg) string {
	switch {
	case !x.given:
		return ""
	case x.all:
		return "[*]"
	case x.v != nil:
		return "[" + x.v.Canonical() + "]"
	}
	return "[" + strconv.Itoa(x.n) + "]"
}

func printStep(t *tranStep) string {
	text := "{" + t.row.Name
	for i := range t.args.n {
		x := t.args.vals[i]
		switch {
		case x.v != nil:
			text += "," + x.v.Canonical()
		case t.row.kinds[i].kind == tranInt:
			text += "," + strconv.Itoa(x.num)
		default:
			text += "," + x.text
		}
	}
	return text + "}"
}
