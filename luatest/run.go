package luatest

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua"
)

// Options say what is tested, and with which build of the server.
type Options struct {
	Files   []string // of tests
	Modules []kemi.Module
	Always  []string // as of kemi.Options
	Version string
	// Stock is the configuration that a script runs with which has none: @SCRIPT@ in it stands for the
	// script's path, @DIR@ for its folder.
	Stock string

	Run      *regexp.Regexp // the cases with a name that fits; nil: all
	Seed     uint64         // of what is random; 0 is 1
	Defines  []string       // as of -A: NAME=VALUE
	Timeout  time.Duration  // of one case, in the machine's time; 0: 10 s
	Grace    time.Duration  // beyond Timeout, until a case that should have ended itself is given up; 0: 2 s
	FailFast bool           // end after the first case that fails
	Coverage bool           // count the lines that run
	Each     func(*Result)  // is told of each case when it has ended; nil: nobody
}

// Outcome is how a case ended.
type Outcome string

// The outcomes.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Skipped Outcome = "skipped"
)

// Result is what came of one case.
type Result struct {
	File     string        `json:"file"`
	Name     string        `json:"name"`
	Line     int           `json:"line"`
	Outcome  Outcome       `json:"outcome"`
	Duration time.Duration `json:"duration_ns"`
	Where    string        `json:"where,omitempty"`  // file:line of what failed
	Reason   string        `json:"reason,omitempty"` // one line
	Detail   string        `json:"detail,omitempty"` // comparison, ladder, traceback: several lines
}

// Report is what came of all.
type Report struct {
	Results  []*Result          `json:"results"`
	Coverage []lua.FileCoverage `json:"coverage,omitempty"`
	Duration time.Duration      `json:"duration_ns"`
	Seed     uint64             `json:"seed"`
}

// Count is how many cases ended so.
func (r *Report) Count(o Outcome) (n int) {
	for _, x := range r.Results {
		if x.Outcome == o {
			n++
		}
	}
	return n
}

const (
	usualTimeout = 10 * time.Second
	usualGrace   = 2 * time.Second
)

// Run runs the tests, file by file. An error is about what has nothing to do with a test:
// what is wrong in a file of tests is a failed case.
func Run(o Options) (*Report, error) {
	dir, err := os.MkdirTemp("", "moonroute-test")
	if err != nil {
		return nil, fmt.Errorf("luatest: %w", err)
	}
	defer os.RemoveAll(dir)
	o.Seed, o.Timeout, o.Grace = cmp.Or(o.Seed, 1), cmp.Or(o.Timeout, usualTimeout), cmp.Or(o.Grace, usualGrace)
	r := &runner{Options: o, report: &Report{Seed: o.Seed}}
	r.host = &host{modules: o.Modules, always: o.Always, stock: o.Stock, version: o.Version, dir: dir, model: new(model)}
	if o.Coverage {
		r.host.coverage = lua.NewCoverage()
	}
	start := time.Now()
	for _, file := range o.Files {
		if !r.file(file) {
			break
		}
	}
	r.report.Duration = time.Since(start)
	if o.Coverage {
		r.report.Coverage = r.host.coverage.Files()
	}
	return r.report, nil
}

// runner is one Run.
type runner struct {
	Options
	host   *host
	report *Report
}

// add notes a result, and tells whether to go on.
func (r *runner) add(x *Result) bool {
	r.report.Results = append(r.report.Results, x)
	if r.Each != nil {
		r.Each(x)
	}
	return x.Outcome != Failed || !r.FailFast
}

// file runs the cases of a file, and tells whether to go on.
func (r *runner) file(file string) bool {
	start := time.Now()
	s, err := r.host.open(file, r.Seed, r.Defines)
	if err != nil {
		return r.add(unread(file, err, time.Since(start)))
	}
	defer func() {
		if s != nil {
			s.close()
		}
	}()
	for i := 0; i < len(s.all); i++ { // s may be another one by then
		c := s.all[i]
		if r.Options.Run != nil && !r.Options.Run.MatchString(c.name) {
			continue
		}
		x, lost := r.one(s, c, file)
		if !r.add(x) {
			return false
		}
		if !lost {
			continue
		}
		// The state is in use by the case that hangs: the others get a new one.
		if s, err = r.host.open(file, r.Seed, r.Defines); err != nil {
			s = nil
			return r.add(unread(file, err, 0))
		}
	}
	return true
}

// unread is the failure of a file whose cases, or the rest of them, could not be read.
func unread(file string, err error, took time.Duration) *Result {
	x := &Result{File: file, Name: "(the file)", Line: 1, Duration: took}
	x.fail(err)
	return x
}

// one runs a case. Lost is true if it has not come back.
func (r *runner) one(s *script, c *testCase, file string) (x *Result, lost bool) {
	x = &Result{File: file, Name: c.name, Line: c.line, Outcome: Passed}
	start := time.Now()
	done := make(chan error, 1)
	go func() { done <- s.run(c, r.Timeout) }()
	select {
	case err := <-done:
		x.Duration = time.Since(start)
		x.settle(err, r.Timeout)
	case <-time.After(r.Timeout + r.Grace):
		x.Duration = time.Since(start)
		x.fail(failf("the case has not come back after %v; %s", r.Timeout+r.Grace, s.last()))
		return x, true
	}
	return x, false
}

// run calls the case with what goes before and after it.
func (s *script) run(c *testCase, limit time.Duration) error {
	stop := s.begin(limit)
	defer stop()
	var problems []error
	for _, f := range slices.Concat(s.before, []*glua.LFunction{c.fn}) {
		if err := s.L.CallByParam(glua.P{Fn: f, Protect: true}); err != nil {
			problems = append(problems, s.explain(err))
			break
		}
	}
	for _, f := range s.after {
		if err := s.L.CallByParam(glua.P{Fn: f, Protect: true}); err != nil {
			problems = append(problems, s.explain(err))
		}
	}
	if s.world != nil && len(problems) == 0 {
		problems = append(problems, s.world.settle())
	}
	problems = append(problems, s.mistakes())
	s.end()
	return errors.Join(problems...)
}

// mistakes are the failures of the routing script that the test has not asked for.
func (s *script) mistakes() error {
	if s.world == nil {
		return nil
	}
	list := s.world.logs.scriptErrors()
	fresh := list[min(s.told, len(list)):]
	if len(fresh) == 0 && s.world.failed > s.toldOf {
		fresh = list // of an earlier case that shares the server: each place is told of once
	}
	if len(fresh) == 0 {
		return nil
	}
	first, rest, _ := strings.Cut(fresh[0], "\n")
	detail := strings.TrimSpace(rest + "\n" + strings.Join(fresh[1:], "\n"))
	return &failure{text: "the routing script failed: " + first, detail: detail}
}

// settle is what a case's error makes of it.
func (x *Result) settle(err error, limit time.Duration) {
	var left *skipped
	var long *tooLong
	switch {
	case err == nil:
	case errors.As(err, &left):
		x.Outcome, x.Reason = Skipped, left.reason
	case errors.As(err, &long):
		x.fail(failf("the case was not over after %v; %s", limit, long.where))
	case errors.Is(err, errTooLong):
		x.fail(failf("the case was not over after %v: does it have a loop without an end?", limit))
	default:
		x.fail(err)
	}
}

// fail makes the case one that failed, with all that is known.
func (x *Result) fail(err error) {
	x.Outcome = Failed
	var details []string
	for i, one := range parts(err) {
		var f *failure
		if !errors.As(one, &f) {
			f = &failure{text: one.Error()}
		}
		text, more, _ := strings.Cut(f.text, "\n")
		if i == 0 {
			x.Where, x.Reason = short(f.where), text
		} else {
			details = append(details, text)
		}
		details = append(details, more, f.detail)
	}
	details = slices.DeleteFunc(details, func(d string) bool { return strings.TrimSpace(d) == "" })
	x.Detail = strings.Join(details, "\n")
}

// parts takes joined errors apart.
func parts(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// short writes a place relative to the present folder where that is shorter.
func short(where string) string {
	file, line, ok := strings.Cut(where, ".lua:")
	here, err := os.Getwd()
	if !ok || err != nil {
		return where
	}
	if rel, err := filepath.Rel(here, file+".lua"); err == nil && len(rel) < len(file) {
		return rel + ":" + line
	}
	return where
}
