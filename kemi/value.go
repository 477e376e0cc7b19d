package kemi

import (
	"strconv"
	"unsafe"
)

// ValueKind tells what a Value holds.
type ValueKind uint8

// The kinds. Exit is what a function returns to end the route (KSR.x.exit).
const (
	KindNull ValueKind = iota
	KindInt
	KindStr
	KindBool
	KindTable
	KindExit
)

// Value is what scripts and modules exchange. It is passed by value and never changed. It is
// four words, which the compiler keeps in registers; a fifth would send each value that a
// function takes or gives through memory.
type Value struct {
	kind ValueKind
	num  int64
	text string // of KindTable: the Table's own bytes, which keep it alive
}

// Null is no value: nil in Lua, <null> in texts.
var Null = Value{}

// Exit ends the route that runs, when a KSR function returns it.
var Exit = Value{kind: KindExit}

// Void is what functions without a result give to a script: false, as the incumbent does.
var Void = Value{kind: KindBool}

// Int is a number.
func Int(n int) Value { return Value{kind: KindInt, num: int64(n)} }

// Int64 is a number.
func Int64(n int64) Value { return Value{kind: KindInt, num: n} }

// Str is a text.
func Str(s string) Value { return Value{kind: KindStr, text: s} }

// Bool is a truth value; scripts see true or false.
func Bool(b bool) Value {
	if b {
		return Value{kind: KindBool, num: 1}
	}
	return Value{kind: KindBool}
}

// List is a table for the script.
func List(t *Table) Value {
	if t == nil {
		return Value{kind: KindTable}
	}
	return Value{kind: KindTable, text: unsafe.String((*byte)(unsafe.Pointer(t)), unsafe.Sizeof(*t))}
}

// Kind tells what the value holds.
func (v Value) Kind() ValueKind { return v.kind }

// IsNull tells that there is no value.
func (v Value) IsNull() bool { return v.kind == KindNull }

// Int is the number held (1 for true), or 0 for what is no number.
func (v Value) Int() int { return int(v.num) }

// Int64 is the number held, or 0.
func (v Value) Int64() int64 { return v.num }

// Truth is whether a Bool is true.
func (v Value) Truth() bool { return v.num != 0 }

// Table is the table held, or nil.
func (v Value) Table() *Table {
	if v.kind != KindTable || v.text == "" {
		return nil
	}
	return (*Table)(unsafe.Pointer(unsafe.StringData(v.text)))
}

// Text is the text held, or the number written out; empty for null.
func (v Value) Text() string {
	if v.kind == KindStr {
		return v.text
	}
	return v.written()
}

func (v Value) written() string {
	switch v.kind {
	case KindInt:
		return strconv.FormatInt(v.num, 10)
	case KindBool:
		return strconv.FormatBool(v.num != 0)
	}
	return ""
}

// AppendText appends what Text gives, without making a string of a number.
func (v Value) AppendText(dst []byte) []byte {
	if v.kind == KindInt {
		return strconv.AppendInt(dst, v.num, 10)
	}
	return append(dst, v.Text()...)
}

// Table is a Lua table: a list, named fields, or both, in order.
type Table struct{ Pairs []Pair }

// Pair is one field of a Table. A null key takes the next number, from 1 on.
type Pair struct{ Key, Value Value }

// Add appends to the table's list part.
func (t *Table) Add(v Value) { t.Pairs = append(t.Pairs, Pair{Value: v}) }

// Set adds a named field.
func (t *Table) Set(name string, v Value) {
	t.Pairs = append(t.Pairs, Pair{Key: Str(name), Value: v})
}
