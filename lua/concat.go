package lua

import glua "github.com/yuin/gopher-lua"

// concatFunction joins its arguments, in place of the VM's own operator.
var concatFunction = goFunction(concat)

func concat(L *glua.LState) int {
	n := L.GetTop()
	total := 0
	var buf [160]byte
	text := buf[:0]
	for i := 1; i <= n; i++ {
		switch v := L.Get(i).(type) {
		case glua.LString:
			total += len(v)
			if total > cap(text) {
				stateOf(L).room(L, total)
			}
			text = append(text, v...)
		case glua.LNumber:
			text = appendNumber(text, float64(v))
			total = len(text)
		default:
			return concatMeta(L, n)
		}
	}
	L.Push(glua.LString(text))
	return 1
}

// concatMeta leaves what is neither text nor number to the VM: metamethods, and its error.
func concatMeta(L *glua.LState, n int) int {
	stateOf(L).charge(L, 0)
	values := make([]glua.LValue, n)
	for i := range values {
		values[i] = L.Get(i + 1)
	}
	result := metaConcat(L, values)
	L.Push(result)
	return 1
}

// metaConcat joins from the right, as Lua does, and asks __concat where it must.
func metaConcat(L *glua.LState, values []glua.LValue) glua.LValue {
	right := values[len(values)-1]
	for i := len(values) - 2; i >= 0; i-- {
		right = concatPair(L, values[i], right)
	}
	return right
}

func concatPair(L *glua.LState, a, b glua.LValue) glua.LValue {
	if glua.LVCanConvToString(a) && glua.LVCanConvToString(b) {
		left, right := textOf(a), textOf(b)
		stateOf(L).room(L, len(left)+len(right))
		return glua.LString(left + right)
	}
	op := L.GetMetaField(a, "__concat")
	if op == glua.LNil {
		op = L.GetMetaField(b, "__concat")
	}
	if op == glua.LNil {
		culprit := a
		if glua.LVCanConvToString(a) {
			culprit = b
		}
		L.RaiseError("attempt to concatenate a %s value", culprit.Type())
	}
	L.Push(op)
	L.Push(a)
	L.Push(b)
	L.Call(2, 1)
	result := L.Get(-1)
	L.Pop(1)
	return result
}
