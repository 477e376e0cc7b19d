// Package exec runs commands of the machine for a script.
//
// A command is a line for /bin/sh. It runs outside of the shard, so that other calls go on,
// with a bound on its time, on its output and on how many run at once.
package exec

import (
	"context"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the exec module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "exec",
	Doc:  "Commands of the machine, with the message as their input or its headers in their environment, and their output as URIs or AVPs.",
	New:  newState,
	Params: kemi.Params[state]{
		kemi.IntParam("setvars", 1, func(s *state) *int { return &s.setvars }, "1: tell commands of the message in environment variables SIP_…"),
		kemi.IntParam("bash_safety", 1, func(s *state) *int { return &s.bashSafety }, "1: no environment variable begins as a function of an old bash does"),
		kemi.IntParam("time_to_kill", 0, func(s *state) *int { return &s.limit }, "seconds after which a command is killed with all its children; 0: 300").Within(0, maxLimit),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "exec_cmd", Args: "command str", Returns: kemi.Code, Call: (*state).cmd, Waits: true, Doc: "runs a command; -1 if it fails"},
		{Name: "exec_msg", Args: "command str", Returns: kemi.Code, Call: (*state).msg, Waits: true, Doc: "runs a command with the received message as its input; -1 if it fails"},
		{Name: "exec_avp", Args: "command str", Returns: kemi.Code, Call: (*state).avp, Waits: true, Doc: "runs a command and puts the lines of its output into $avp(i:1), $avp(i:2) and so on, without blank lines; -1 if it fails"},
		{Name: "exec_dset", Args: "command str", Returns: kemi.Code, Call: (*state).dset, Waits: true, Doc: "runs a command with the request URI as one more argument; the first line of its output is the new request URI, the others are branches; -1 if it fails or writes nothing"},
	},
})

const (
	defaultLimit = 300 // seconds
	maxLimit     = 24 * 3600
)

// state is the module in one server.
type state struct {
	setvars, bashSafety, limit int
	slots                      chan struct{}
	ctx                        context.Context // ends with the server
	cancel                     context.CancelFunc
}

func newState() *state {
	s := &state{slots: make(chan struct{}, maxChildren)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Close kills what still runs.
func (s *state) Close() { s.cancel() }

// time is how long a command may run.
func (s *state) time() time.Duration {
	if s.limit == 0 {
		return defaultLimit * time.Second
	}
	return time.Duration(s.limit) * time.Second
}

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

// run runs a command while the shard does other things.
func (s *state) run(c *kemi.Ctx, j *job) kemi.Value {
	var err error
	c.Wait(func() { err = s.execute(j) })
	if err != nil {
		c.Log(log.Err, "exec", "command "+j.command+": "+err.Error())
		return no
	}
	return yes
}

func (s *state) cmd(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.At(0).IsNull() {
		return no
	}
	return s.run(c, &job{command: a.Str(0), env: inherited()})
}

func (s *state) msg(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg == nil || a.At(0).IsNull() {
		return no
	}
	return s.run(c, &job{command: a.Str(0), env: s.environment(c.Msg), input: c.Msg.Raw})
}

func (s *state) avp(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg == nil || a.At(0).IsNull() {
		return no
	}
	out := new(output)
	result := s.run(c, &job{command: a.Str(0), env: s.environment(c.Msg), output: out})
	if err := storeAVPs(c, out.lines()); err != nil {
		c.Log(log.Err, "exec", err.Error())
		return no
	}
	return result
}

func (s *state) dset(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg == nil || a.At(0).IsNull() {
		return no
	}
	out := new(output)
	command := a.Str(0) + " " + quote(c.Msg.CurrentURI())
	result := s.run(c, &job{command: command, env: s.environment(c.Msg), output: out})
	if err := storeURIs(c.Msg, out.lines()); err != nil {
		c.Log(log.Err, "exec", "command "+command+": "+err.Error())
		return no
	}
	return result
}
