package lua

import (
	"reflect"
	"unsafe"

	glua "github.com/yuin/gopher-lua"
)

// gopher-lua has no function that tells by which instruction a function was called, and its way
// to the caller allocates.
var (
	currentPlace = fieldPlace(reflect.TypeFor[glua.LState](), "currentFrame", nil)
	parentPlace  = fieldPlace(frameType(), "Parent", reflect.PointerTo(frameType()))
	fnPlace      = fieldPlace(frameType(), "Fn", reflect.TypeFor[*glua.LFunction]())
	pcPlace      = fieldPlace(frameType(), "Pc", reflect.TypeFor[int]())
	openPlace    = fieldPlace(reflect.TypeFor[glua.LState](), "uvcache", reflect.TypeFor[*glua.Upvalue]())
)

func frameType() reflect.Type {
	f, _ := reflect.TypeFor[glua.LState]().FieldByName("currentFrame")
	return f.Type.Elem()
}

// callerEnv is the table of globals of the function that called the running one.
func callerEnv(L *glua.LState) *glua.LTable {
	frame := *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(L), currentPlace))
	if frame = *(*unsafe.Pointer)(unsafe.Add(frame, parentPlace)); frame == nil {
		return L.G.Global
	}
	return (*(**glua.LFunction)(unsafe.Add(frame, fnPlace))).Env
}

// oneLoop tells whether all functions below the running one are Lua functions, each in the
// middle of a call instruction: then one turn of the VM's main loop runs them all.
func oneLoop(L *glua.LState) bool {
	frame := *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(L), currentPlace))
	for {
		if frame = *(*unsafe.Pointer)(unsafe.Add(frame, parentPlace)); frame == nil {
			return true
		}
		fn := *(**glua.LFunction)(unsafe.Add(frame, fnPlace))
		pc := *(*int)(unsafe.Add(frame, pcPlace)) // of the next instruction
		if fn.IsG || !isCall(fn.Proto.Code[pc-1]) {
			return false
		}
	}
}

// hasUpvalues tells whether closures share variables that are still on a thread's stack.
func hasUpvalues(L *glua.LState) bool {
	return *(**glua.Upvalue)(unsafe.Add(unsafe.Pointer(L), openPlace)) != nil
}
