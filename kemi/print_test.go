package kemi

import "strconv"

// PrintVariable writes a variable anew from what was understood of it, in its long form.
func PrintVariable(v *Variable) string {
	if v.row.Name == "$" {
		return "$$"
	}
	text := "$(" + v.row.Name
	if v.row.Named {
		inner := v.args.Inner
		if v.inner != nil {
			inner = PrintVariable(v.inner)
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
		return "[" + PrintVariable(x.v) + "]"
	}
	return "[" + strconv.Itoa(x.n) + "]"
}

func printStep(t *tranStep) string {
	text := "{" + t.row.Name
	for i := range t.args.n {
		x := t.args.vals[i]
		switch {
		case x.v != nil:
			text += "," + PrintVariable(x.v)
		case t.row.kinds[i].kind == tranInt:
			text += "," + strconv.Itoa(x.num)
		default:
			text += "," + x.text
		}
	}
	return text + "}"
}
