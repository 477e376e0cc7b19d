package lua

import (
	"errors"

	"github.com/moonroute/moonroute/kemi"
)

var errNoRoute = errors.New("lua: code can be run from a route only")

// DoString runs code in the middle of the present route, on its state.
func (e *engine) DoString(c *kemi.Ctx, code string) error {
	return e.runChunk(c, func(*state) (chunk, error) { return e.compileSource(code, chunkName(code)) })
}

// DoFile runs a file in the middle of the present route, on its state.
func (e *engine) DoFile(c *kemi.Ctx, path string) error {
	return e.runChunk(c, func(s *state) (chunk, error) { return s.version.sources.get(path, false) })
}

func (e *engine) runChunk(c *kemi.Ctx, compiled func(*state) (chunk, error)) error {
	s := e.around(c)
	if s == nil {
		return errNoRoute
	}
	code, err := compiled(s)
	if err != nil {
		return err
	}
	outer, thread := s.ctx, s.thread
	inner := *c // calls in the code need their own space for arguments
	s.ctx = &inner
	thread.Push(s.instance(code))
	err = thread.PCall(0, 0, nil)
	s.ctx, s.thread = outer, thread
	if err != nil && !isExit(err) {
		return err
	}
	return nil
}
