package lua

import (
	"math"
	"runtime"
	"sync"
	"weak"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua/libs"
)

// Charge implements libs.Host.
func (s *state) Charge(L *glua.LState, n int) { s.charge(L, n) }

// Room implements libs.Host.
func (s *state) Room(L *glua.LState, n int) { s.room(L, n) }

// MaxText implements libs.Host.
func (s *state) MaxText() int {
	if limit := s.engine.host.Limits.Memory; limit > 0 {
		return int(limit / 8)
	}
	return math.MaxInt32
}

// Wait implements libs.Host.
func (s *state) Wait(L *glua.LState, f func()) {
	s.burn(L)
	s.thread = L
	s.wait(f)
}

// Server implements libs.Host.
func (s *state) Server() *kemi.Server { return s.engine.host.Server }

// Handles implements libs.Host.
func (s *state) Handles() *libs.Handles { return s.handles }

// Compile implements libs.Host.
func (s *state) Compile(name, source string) (*glua.LFunction, error) {
	compiled, err := s.engine.compileSource(source, name)
	if err != nil {
		return nil, err
	}
	return s.instance(compiled), nil
}

// close ends a state, and what it has open.
func (s *state) close() {
	s.engine.handles.forget(weak.Make(s))
	s.handles.Close()
	s.L.Close()
}

// handles are those of all states, so that the end of the engine closes them. States that nobody needs any more, those of
// an older version, go by themselves, and what they have open with them.
type handles struct {
	mu     sync.Mutex
	states map[weak.Pointer[state]]struct{}
}

// keep notes a state for the end of the engine.
func (e *engine) keep(s *state) {
	h, p := &e.handles, weak.Make(s)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.states == nil {
		h.states = map[weak.Pointer[state]]struct{}{}
	}
	h.states[p] = struct{}{}
	runtime.AddCleanup(s, h.forget, p)
}

func (h *handles) forget(p weak.Pointer[state]) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.states, p)
}

// count is how many states there are.
func (h *handles) count() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return int64(len(h.states))
}

// closeHandles closes what all states have open.
func (e *engine) closeHandles() {
	h := &e.handles
	h.mu.Lock()
	states := h.states
	h.states = nil
	h.mu.Unlock()
	for p := range states {
		if s := p.Value(); s != nil {
			s.handles.Close()
		}
	}
}
