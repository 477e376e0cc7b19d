package lua

import (
	"unsafe"

	glua "github.com/yuin/gopher-lua"
)

// The functions of a routing script mostly have no loops and make no functions: they call KSR functions, compare what these give,
// call each other and leave. Such a straight function runs as a tree of Go values in the place of the VM's code. Its
// calls of KSR functions need no frame, and what they give is compared without becoming a Lua value. The function itself
// keeps its frame, so that errors and traces name the same lines, and its identity, so that whatever calls it does not notice.

// straight is a function of a state that runs without the VM.
type straight struct {
	name   string
	fn     *glua.LFunction
	body   block
	params int
	locals int             // with the parameters; they are the first values on the function's stack
	start  int             // a place of its first line
	calls  []*straightCall // while it is being made
}

// ending tells how a statement ended: goOn, left, or with how many values, none or the one in state.returned, the function returns.
type ending int

const (
	goOn ending = -1
	left ending = -2 // the route ends, as by KSR.x.exit
)

// statement is a statement of a straight function.
type statement interface {
	run(s *state, L *glua.LState) ending
}

type block []statement

func (b block) run(s *state, L *glua.LState) ending {
	for _, one := range b {
		if f := one.run(s, L); f != goOn {
			return f
		}
	}
	return goOn
}

// put has the function run without the VM from now on.
func (f *straight) put() { f.fn.IsG, f.fn.GFunction = true, f.call }

// takeBack gives it to the VM again.
func (f *straight) takeBack() { f.fn.IsG, f.fn.GFunction = false, nil }

// call runs the function for whoever does not know that it is straight.
func (f *straight) call(L *glua.LState) int {
	s := stateOf(L)
	before := s.nesting
	awaited := s.awaited == f.fn
	s.base, s.awaited = 0, nil
	L.SetTop(f.params)
	how := f.run(s, L)
	s.nesting = before
	switch how {
	case left:
		return s.leaveStraight(L, awaited)
	case 1:
		L.Push(s.returned)
		return 1
	}
	return 0
}

// run runs the body. The arguments stand on the stack, from the base on.
func (f *straight) run(s *state, L *glua.LState) ending {
	standAt(L, f.start)
	if s.fuel--; s.fuel < 0 {
		s.look(L)
	}
	if f.locals > f.params {
		L.SetTop(s.base + f.locals)
	}
	return f.body.run(s, L)
}

// nesting is where straight functions that called each other stand. They share the frame of the first of them.
type nesting struct {
	base    int             // what lies below the running function's variables on the frame's stack
	depth   int             // of the callers that count
	awaited *glua.LFunction // what the engine or a straight function is about to call, and how it ended will ask
}

// caller is a straight function in the middle of a call of another one.
type caller struct {
	fn, called *straight
	pc         int
}

// nested runs the function for another straight one, which stands at a call of it.
func (f *straight) nested(s *state, L *glua.LState, by *straight, pc, base int) ending {
	if s.depth >= callDepth {
		L.RaiseError("stack overflow")
	}
	before := s.nesting
	s.callers = append(s.callers[:s.depth], caller{by, f, pc})
	s.nesting = nesting{base: base, depth: s.depth + 1}
	standIn(L, f.fn)
	how := f.run(s, L)
	standIn(L, by.fn)
	s.nesting = before
	return how
}

// leaveStraight ends the route. The engine, or the straight function that awaits this one, is told; the VM is left as by any function.
func (s *state) leaveStraight(L *glua.LState, awaited bool) int {
	if !awaited {
		return s.leave(L)
	}
	s.left = true
	return 0
}

// hasLeft tells whether the function that was just called has left the route.
func (s *state) hasLeft() bool {
	was := s.left
	s.left = false
	return was
}

// standIn has the running frame be that of another function.
func standIn(L *glua.LState, fn *glua.LFunction) {
	frame := *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(L), currentPlace))
	*(**glua.LFunction)(unsafe.Add(frame, fnPlace)) = fn
}

// standAt notes where the running function stands, for errors and traces: pc is that of the instruction.
func standAt(L *glua.LState, pc int) {
	frame := *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(L), currentPlace))
	*(*int)(unsafe.Add(frame, pcPlace)) = pc + 1
}
