package kemi

import (
	"runtime"
	"testing"
	"unsafe"
)

func TestTableValues(t *testing.T) {
	table := new(Table)
	table.Set("name", Str("x"))
	v := List(table)
	if v.Kind() != KindTable || v.Table() != table || v.Text() != "" || v.Int() != 0 || v.IsNull() {
		t.Errorf("%v", v)
	}
	runtime.GC() // nothing uses table below
	if got := v.Table().Pairs[0].Value.Text(); got != "x" {
		t.Errorf("the table is gone: %q", got)
	}
	if empty := List(nil); empty.Kind() != KindTable || empty.Table() != nil {
		t.Error("no table is not one")
	}
	if Str("text").Table() != nil || Int(1).Table() != nil || Null.Table() != nil {
		t.Error("a table where there is none")
	}
}

// TestValuesFitRegisters: see Value.
func TestValuesFitRegisters(t *testing.T) {
	if words := unsafe.Sizeof(Value{}) / unsafe.Sizeof(uintptr(0)); words > 4 {
		t.Errorf("%d words", words)
	}
}
