package luatest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	glua "github.com/yuin/gopher-lua"
)

// script is one file of tests, in a Lua state of its own with every standard library.
type script struct {
	L    *glua.LState
	host *host
	file string
	base settings // of t.server at the top level
	all  []*testCase

	before, after []*glua.LFunction

	// Of the case that runs.
	now     settings
	world   *world
	until   time.Time
	told    int                    // script errors that the case has looked at
	toldOf  int                    // failed routes that those are about
	running atomic.Pointer[string] // the function of the library that the case is in, with its place
	keep    bool                   // the world is that of the file, not of the case
}

// testCase is a t.case.
type testCase struct {
	name string
	line int
	fn   *glua.LFunction
}

// open reads a file of tests, which declares its cases.
func (h *host) open(file string, seed uint64, defines []string) (*script, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	s := &script{L: glua.NewState(), host: h, file: path}
	s.base = settings{seed: seed, start: usual, defines: defines}
	s.base.config, s.base.script = subject(path)
	s.offer()
	if err := s.L.DoFile(path); err != nil {
		s.L.Close()
		return nil, s.explain(err)
	}
	return s, nil
}

// subject is what a file of tests is about by itself: kamailio.cfg beside it, or a script with
// the test's name without "_test", or routes.lua.
func subject(test string) (config, script string) {
	dir := filepath.Dir(test)
	stem := strings.TrimSuffix(filepath.Base(test), ".lua")
	names := []string{strings.TrimSuffix(stem, "_test") + ".cfg", "kamailio.cfg", strings.TrimSuffix(stem, "_test") + ".lua", "routes.lua"}
	for _, name := range names {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err != nil || path == test {
			continue
		}
		if strings.HasSuffix(name, ".cfg") {
			return path, ""
		}
		return "", path
	}
	return "", ""
}

// explain turns what Lua raises into an error: a failure as it is, the rest with its traceback.
func (s *script) explain(err error) error {
	var api *glua.ApiError
	if !errors.As(err, &api) {
		return err
	}
	if ud, ok := api.Object.(*glua.LUserData); ok {
		if cause, ok := ud.Value.(error); ok {
			return cause
		}
	}
	if s.L.Context() != nil && s.L.Context().Err() != nil {
		return errTooLong
	}
	text := api.Object.String()
	if api.Cause != nil {
		text = api.Cause.Error()
	}
	where, rest, ok := place(text)
	if !ok {
		rest = text
	}
	return &failure{text: rest, where: where, detail: api.StackTrace}
}

// place takes "file:line: reason" apart.
func place(text string) (where, rest string, ok bool) {
	file, after, ok := strings.Cut(text, ".lua:")
	if !ok {
		return "", text, false
	}
	line, reason, ok := strings.Cut(after, ":")
	if !ok || strings.Trim(line, "0123456789") != "" {
		return "", text, false
	}
	return file + ".lua:" + line, strings.TrimSpace(reason), true
}

// need gives the world of the case, which the first use makes.
func (s *script) need() (*world, error) {
	if s.world != nil {
		return s.world, nil
	}
	if s.now.config == "" && s.now.script == "" && s.now.text == "" {
		return nil, failf("there is no kamailio.cfg or routes.lua beside the test: name it with t.server{cfg = …} or t.server{script = …}")
	}
	w, err := s.host.world(&s.now, s.until)
	if w != nil {
		s.world, s.keep = w, s.now.shared // also after an error: to be closed
	}
	return w, err
}

// begin prepares for a case that may take so much of the machine's time.
func (s *script) begin(limit time.Duration) (stop func()) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	s.L.SetContext(ctx)
	s.until, s.now, s.told, s.toldOf = time.Now().Add(limit), s.base, 0, 0
	if s.world != nil {
		s.world.until, s.told, s.toldOf = s.until, len(s.world.logs.scriptErrors()), s.world.failed
	}
	return func() {
		cancel()
		s.L.RemoveContext()
	}
}

// end closes the world of a case, unless the file's cases share it.
func (s *script) end() {
	if s.world != nil && !s.keep {
		s.world.close()
		s.world = nil
	}
}

// close ends the file.
func (s *script) close() {
	s.keep = false
	s.end()
	s.L.Close()
}
