package route

import "slices"

// Vars are the variables that live as long as a transaction: AVPs and the trees of XAVPs.
type Vars struct {
	AVP  AVPs
	XAVP XAVPs // $xavp
	XAVU XAVPs // $xavu: like xavp, but one value for a name
	XAVI XAVPs // $xavi: names in any case
}

// Value is the value of one variable: a number or a text, or a list of XAVPs.
type Value struct {
	Text  string
	Num   int64
	IsNum bool
	List  *XAVPs // for an XAVP that holds others
	Data  any    // for a module's own data; scripts see null
}

// NumValue is a number.
func NumValue(n int64) Value { return Value{Num: n, IsNum: true} }

// TextValue is a text.
func TextValue(s string) Value { return Value{Text: s} }

// AVP is one attribute and value.
type AVP struct {
	Name  string
	Class AVPClass
	Value Value
}

// AVPClass is the list that an AVP lives in: $avp(f:…), $avp(t:…); plain ones are ClassURIFrom.
type AVPClass uint8

// The classes.
const (
	ClassURIFrom AVPClass = iota
	ClassURITo
	ClassUserFrom
	ClassUserTo
	ClassDomainFrom
	ClassDomainTo
	ClassGlobal
)

// AVPs is a stack of AVPs: the newest of a name is found first.
type AVPs struct{ list []AVP } // the newest last

// Push adds a value above the older ones of its name.
func (a *AVPs) Push(class AVPClass, name string, v Value) {
	a.list = append(a.list, AVP{Name: name, Class: class, Value: v})
}

// At is the i-th newest AVP of a name, or nil. The pointer is good until the next change.
func (a *AVPs) At(class AVPClass, name string, i int) *AVP {
	for k := len(a.list) - 1; k >= 0; k-- {
		if x := &a.list[k]; x.Class == class && x.Name == name {
			if i == 0 {
				return x
			}
			i--
		}
	}
	return nil
}

// Count is how many AVPs have the name.
func (a *AVPs) Count(class AVPClass, name string) (n int) {
	for i := range a.list {
		if a.list[i].Class == class && a.list[i].Name == name {
			n++
		}
	}
	return n
}

// Remove takes out the AVP that At returned.
func (a *AVPs) Remove(x *AVP) {
	for i := range a.list {
		if &a.list[i] == x {
			a.list = append(a.list[:i], a.list[i+1:]...)
			return
		}
	}
}

// RemoveAll takes out every AVP of a name and tells how many those were.
func (a *AVPs) RemoveAll(class AVPClass, name string) int {
	kept := a.list[:0]
	for _, x := range a.list {
		if x.Class != class || x.Name != name {
			kept = append(kept, x)
		}
	}
	removed := len(a.list) - len(kept)
	clear(a.list[len(kept):])
	a.list = kept
	return removed
}

// XAVP is a named value in a tree.
type XAVP struct {
	Name  string
	Value Value
	// Spelling is the name as it was written, where Name is kept in lower case and somebody needs both.
	Spelling string
}

// XAVPs is one level of such a tree, the newest first.
type XAVPs struct{ list []XAVP }

// List is the level's entries, the newest first. It is good until the next change.
func (x *XAVPs) List() []XAVP {
	if x == nil {
		return nil
	}
	return x.list
}

// Push puts an entry before the others.
func (x *XAVPs) Push(v XAVP) {
	x.list = append(x.list, XAVP{})
	copy(x.list[1:], x.list)
	x.list[0] = v
}

// Append puts an entry after the others.
func (x *XAVPs) Append(v XAVP) { x.list = append(x.list, v) }

// Insert makes an entry the i-th of its name, or the last one if there are fewer.
func (x *XAVPs) Insert(i int, v XAVP) {
	for k := range x.list {
		if x.list[k].Name != v.Name {
			continue
		}
		if i == 0 {
			x.list = slices.Insert(x.list, k, v)
			return
		}
		i--
	}
	x.Append(v)
}

// At is the i-th entry of a name, or nil.
func (x *XAVPs) At(name string, i int) *XAVP {
	if x == nil {
		return nil
	}
	for k := range x.list {
		if x.list[k].Name == name {
			if i == 0 {
				return &x.list[k]
			}
			i--
		}
	}
	return nil
}

// Remove takes out the i-th entry of a name and tells whether there was one.
func (x *XAVPs) Remove(name string, i int) bool {
	e := x.At(name, i)
	for k := range x.list {
		if e != nil && &x.list[k] == e {
			x.list = append(x.list[:k], x.list[k+1:]...)
			return true
		}
	}
	return false
}

// RemoveAll takes out every entry of a name and tells how many those were.
func (x *XAVPs) RemoveAll(name string) int {
	kept := x.list[:0]
	for _, e := range x.list {
		if e.Name != name {
			kept = append(kept, e)
		}
	}
	removed := len(x.list) - len(kept)
	clear(x.list[len(kept):])
	x.list = kept
	return removed
}

// Count is how many entries have the name.
func (x *XAVPs) Count(name string) (n int) {
	for _, e := range x.List() {
		if e.Name == name {
			n++
		}
	}
	return n
}
