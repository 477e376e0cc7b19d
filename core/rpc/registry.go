package rpc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Command is one row of a module's command table.
type Command struct {
	// Name is Kamailio's: "tm.stats".
	Name string
	// Doc is what system.methodHelp answers.
	Doc string
	// Array makes the JSON result an array of all values. Without it the result is the
	// last value alone, or an empty object when there is none.
	Array bool
	// Delta keeps the command from running again within the registry's interval, because
	// it is expensive or racy to repeat (a reload, say).
	Delta bool
	// Run answers a call. It may block as long as it watches the call's context, and it
	// runs at the same time as other commands. Its error is told to the client:
	// a *Fault as it is, any other error with code 500.
	Run func(*Call) error
}

// Registry holds the commands of one server. Its methods may be called at any time
// from any goroutine.
type Registry struct {
	// Now is the clock that Delta commands are measured with. The zero value is time.Now.
	Now func() time.Time

	mu       sync.RWMutex
	commands map[string]*registered
	names    []string // sorted
	interval time.Duration
}

type registered struct {
	Command
	mu   sync.Mutex
	last time.Time // the last run of a Delta command
}

// NewRegistry makes a registry that has the commands about itself: system.listMethods,
// system.methodHelp, system.methodSignature and core.echo with its variants.
func NewRegistry() *Registry {
	r := &Registry{Now: time.Now, commands: map[string]*registered{}}
	for _, c := range builtins(r) {
		r.insert(c)
	}
	return r
}

// SetInterval sets the least time between two runs of a Delta command; 0, the default,
// sets no limit. The core parameter is rpc_exec_delta.
func (r *Registry) SetInterval(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.interval = d
}

// Add registers a command. It is an error to register a name twice.
func (r *Registry) Add(c Command) error {
	if c.Name == "" || c.Run == nil {
		return fmt.Errorf("rpc: command %q needs a name and a function", c.Name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, taken := r.commands[c.Name]; taken {
		return fmt.Errorf("rpc: command %q is registered twice", c.Name)
	}
	r.insert(c)
	return nil
}

func (r *Registry) insert(c Command) {
	r.commands[c.Name] = &registered{Command: c}
	at, _ := slices.BinarySearch(r.names, c.Name)
	r.names = slices.Insert(r.names, at, c.Name)
}

// Names lists the commands in alphabetical order.
func (r *Registry) Names() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.names)
}

// Lookup finds a command by its name.
func (r *Registry) Lookup(name string) (Command, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	c, ok := r.commands[name]
	if !ok {
		return Command{}, false
	}
	return c.Command, true
}

// Request is one call of a command by a client.
type Request struct {
	Name     string
	Params   []Value
	Protocol Protocol
}

// Result is what a command answered.
type Result struct {
	Values []Value
	// Array is the command's own: JSON writes all values.
	Array bool
	// Mismatch is the last parameter that the command could not read, if any.
	Mismatch *ParamError
}

// Run calls a command from inside the server, with parameters typed as in a binary request.
func (r *Registry) Run(ctx context.Context, name string, params []Value) (*Result, error) {
	return r.Exec(ctx, Request{Name: name, Params: params})
}

// Exec runs a request and blocks until the command ends. The error is ErrMethodNotFound
// or a *Fault.
func (r *Registry) Exec(ctx context.Context, req Request) (*Result, error) {
	r.mu.RLock()
	cmd, ok := r.commands[req.Name]
	interval := r.interval
	r.mu.RUnlock()
	if !ok {
		return nil, ErrMethodNotFound
	}
	if cmd.Delta && !cmd.admit(r.Now(), interval) {
		return nil, &Fault{500, "Command Executed Too Fast"}
	}
	params := make([]Value, len(req.Params))
	for i, p := range req.Params {
		params[i] = p
		if _, isBool := p.(bool); !isBool {
			params[i] = normal(p)
		}
	}
	call := &Call{ctx: ctx, name: req.Name, params: params, protocol: req.Protocol}
	if err := run(cmd.Run, call); err != nil {
		return nil, faultOf(err)
	}
	return &Result{Values: call.values, Array: cmd.Array, Mismatch: call.mismatch}, nil
}

// run keeps a defect in one command from ending the server, and lets a ParamError pass
// as a result: each carrier has its own answer to it.
func run(command func(*Call) error, call *Call) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error in %s: %v", call.name, p)
		}
	}()
	err = command(call)
	var param *ParamError
	if errors.As(err, &param) {
		call.mismatch = param
		return nil
	}
	return err
}

// admit says whether a Delta command may run now, and notes that it does.
func (c *registered) admit(now time.Time, interval time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if interval > 0 && !c.last.IsZero() && now.Sub(c.last) < interval {
		return false
	}
	c.last = now
	return true
}
