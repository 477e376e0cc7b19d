package kemi

import "strconv"

// indexArg is what stands in the brackets after a variable's name.
type indexArg struct {
	given bool
	all   bool // [*]
	n     int
	v     *Variable // [$var(i)]
}

// HasIndex tells whether there is an index.
func (a *VarArgs) HasIndex() bool { return a.index.given }

// IndexAll tells whether the index is [*].
func (a *VarArgs) IndexAll() bool { return a.index.all }

// Index is the index, 0 if there is none; ok is false if it is a variable that holds no number.
func (a *VarArgs) Index(c *Ctx) (i int, ok bool) {
	if a.index.v == nil {
		return a.index.n, true
	}
	x := a.index.v.Get(c)
	return x.Int(), x.Kind() == KindInt
}

// Place is the index as a place in a list of n, negative ones counted from the end; ok is
// false if there is no such place.
func (a *VarArgs) Place(c *Ctx, n int) (i int, ok bool) {
	i, ok = a.Index(c)
	if i < 0 {
		i += n
	}
	return i, ok && i >= 0 && i < n
}

// parseIndex reads a number, a star or a variable.
func (r *Registry) parseIndex(text string) (x indexArg, err error) {
	x.given = true
	if text == "*" {
		x.all = true
		return x, nil
	}
	if text != "" && text[0] == '$' {
		x.v, err = r.Var(text)
		return x, err
	}
	if text == "" || text[0] == '+' {
		return x, errIndex
	}
	if x.n, err = strconv.Atoi(text); err != nil {
		return x, errIndex
	}
	return x, nil
}
