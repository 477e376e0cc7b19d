package lua

import (
	"reflect"
	"unsafe"

	glua "github.com/yuin/gopher-lua"
)

// What a table and a thread hold is in fields of gopher-lua that it does not show; the memory
// limit has to know it. Their places are looked up once, and a missing one is found at start.
var (
	arrayPlace    = fieldPlace(reflect.TypeFor[glua.LTable](), "array", reflect.TypeFor[[]glua.LValue]())
	keysPlace     = fieldPlace(reflect.TypeFor[glua.LTable](), "keys", reflect.TypeFor[[]glua.LValue]())
	registryPlace = fieldPlace(reflect.TypeFor[glua.LState](), "reg", nil)
	valuesPlace   = fieldPlace(registryType(), "array", reflect.TypeFor[[]glua.LValue]())
	topPlace      = fieldPlace(registryType(), "top", reflect.TypeFor[int]())
)

func registryType() reflect.Type {
	f, _ := reflect.TypeFor[glua.LState]().FieldByName("reg")
	return f.Type.Elem()
}

// fieldPlace is how far into a struct a field lies. Another kind than the wanted one is another version of gopher-lua.
func fieldPlace(in reflect.Type, name string, want reflect.Type) uintptr {
	f, ok := in.FieldByName(name)
	if !ok || want != nil && f.Type != want {
		panic("lua: this version of gopher-lua has no " + in.Name() + "." + name + " as expected")
	}
	return f.Offset
}

// arrayPart is the part of a table whose keys count from 1.
func arrayPart(t *glua.LTable) []glua.LValue {
	return *(*[]glua.LValue)(unsafe.Add(unsafe.Pointer(t), arrayPlace))
}

// keyCount is how many keys a table's hash remembers. gopher-lua keeps those of deleted
// entries for ever, so that a table used as a queue or a cache would grow without end.
func keyCount(t *glua.LTable) int {
	return len(*(*[]glua.LValue)(unsafe.Add(unsafe.Pointer(t), keysPlace)))
}

// stackValues are the values on a thread's stack: locals, arguments and what is being computed.
func stackValues(L *glua.LState) []glua.LValue {
	registry := *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(L), registryPlace))
	if registry == nil {
		return nil
	}
	values := *(*[]glua.LValue)(unsafe.Add(registry, valuesPlace))
	top := *(*int)(unsafe.Add(registry, topPlace))
	return values[:min(top, len(values))]
}
