package lua

import glua "github.com/yuin/gopher-lua"

// wrapCoroutines makes each new coroutine count, since its stacks take memory.
func (s *state) wrapCoroutines() {
	create, resume := s.stock("coroutine", "create"), s.stock("coroutine", "resume")
	counted := func(L *glua.LState) int {
		stateOf(L).charge(L, threadBytes)
		return create(L)
	}
	again := wrapped(resume)
	library := s.library("coroutine")
	library.RawSetString("create", s.L.NewFunction(counted))
	library.RawSetString("wrap", s.L.NewFunction(func(L *glua.LState) int {
		counted(L)
		L.Push(L.NewClosure(again, L.Get(-1)))
		return 1
	}))
}

// wrapped resumes the coroutine that it is a closure of. An error goes on as one of the caller:
// gopher-lua's own function leaves the caller without closing the variables that its inner
// functions keep.
func wrapped(resume glua.LGFunction) glua.LGFunction {
	return func(L *glua.LState) int {
		thread := L.ToThread(glua.UpvalueIndex(1))
		switch {
		case L.G.CurrentThread == thread:
			L.RaiseError("can not resume a running thread")
		case thread.Dead:
			L.RaiseError("can not resume a dead thread")
		}
		L.Insert(thread, 1)
		n := resume(L)
		if L.Get(-n) == glua.LFalse {
			L.Error(L.Get(-1), 0)
		}
		return n - 1
	}
}
