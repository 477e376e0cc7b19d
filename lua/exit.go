package lua

import (
	glua "github.com/yuin/gopher-lua"
)

// exitText is the error that ends a route; scripts may catch it, as in the incumbent.
const exitText = "~~ksr~exit~~"

// exit is what a state needs to leave a route.
type exit struct {
	mark              *glua.LUserData
	exitError, raised *glua.ApiError
	panics            func(*glua.LState)
	nobody            *glua.LState
}

// prepareExit builds the error of KSR.x.exit once. Its trace is set, since gopher-lua
// builds one, slowly, for errors that have none.
func (s *state) prepareExit() {
	s.mark = &glua.LUserData{Metatable: glua.LNil}
	s.exitError = &glua.ApiError{Type: glua.ApiErrorRun, Object: glua.LString(exitText), StackTrace: "exit"}
	s.panics = func(*glua.LState) { panic(s.raised) }
	s.nobody = glua.NewState(glua.Options{SkipOpenLibs: true, CallStackSize: 1, RegistrySize: 128, MinimizeStackMemory: true})
}

// leave ends the route. A Go panic costs more than all else that a short route does, so the
// state leaves its main loop as a coroutine does when it yields, if the loop was entered once:
// what called the route then cleans the stacks. A script that called back from Go code, or in the
// middle of an instruction (a metamethod, an iterator), is left by an error.
func (s *state) leave(L *glua.LState) int {
	if L != s.L || !oneLoop(L) {
		s.raise(L, s.exitError)
	}
	s.closeUpvalues(L)
	s.nobody.SetTop(0)
	L.Parent = s.nobody
	return L.Yield()
}

// closeUpvalues gives closures that outlive the abandoned functions their variables' values.
func (s *state) closeUpvalues(L *glua.LState) {
	if !hasUpvalues(L) {
		return
	}
	was := L.Panic
	L.Panic = func(*glua.LState) {}
	L.Error(s.mark, 0)
	L.Panic = was
}

// raise unwinds the script with a prebuilt error. Error closes what the abandoned functions
// share with others; the panic that it ends in is ours, so that no other error is built.
func (s *state) raise(L *glua.LState, err *glua.ApiError) {
	s.raised, L.Panic = err, s.panics
	L.Error(s.mark, 0)
}

// isExit tells whether an error is KSR.x.exit's.
func isExit(err error) bool {
	api, ok := err.(*glua.ApiError)
	return ok && api.Object == glua.LString(exitText)
}
