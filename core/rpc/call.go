package rpc

import (
	"context"
	"fmt"
	"math"
	"strconv"
)

// Protocol is how a request arrived.
type Protocol uint8

// The protocols of the carriers. They differ in how strictly parameters are typed: a
// binary record has a kind that must fit, while JSON clients may send a number for a string.
const (
	Binary Protocol = iota // kamcmd's protocol, and calls from inside the server
	JSON                   // JSON-RPC 2.0
)

// Call is one run of a command: its parameters, and the answer it builds.
// It belongs to the goroutine that runs the command and ends with it.
type Call struct {
	ctx      context.Context
	name     string
	params   []Value
	protocol Protocol
	values   []Value
	mismatch *ParamError // the last parameter that could not be read
}

// Context ends when the client's time is over or the carrier closes. A command that
// waits for anything must watch it.
func (c *Call) Context() context.Context { return c.ctx }

// Name is the command's name as the client gave it.
func (c *Call) Name() string { return c.name }

// Protocol tells how the request arrived.
func (c *Call) Protocol() Protocol { return c.protocol }

// Len is the number of parameters.
func (c *Call) Len() int { return len(c.params) }

// Rest is the parameters from index i on, as they arrived. It is empty when there are none.
func (c *Call) Rest(i int) []Value {
	if i >= len(c.params) {
		return nil
	}
	return c.params[i:]
}

// Str reads parameter i, which must be a string. The error is a *ParamError.
func (c *Call) Str(i int) (string, error) {
	if i >= len(c.params) {
		return "", c.fail(i, "string", true)
	}
	s, ok := c.params[i].(string)
	if !ok {
		return "", c.fail(i, "string", false)
	}
	return s, nil
}

// AsStr reads parameter i as a string; an integer is written out. The error is a *ParamError.
// Like Kamailio's scan format ".S" it writes an integer as an unsigned number.
func (c *Call) AsStr(i int) (string, error) {
	if i >= len(c.params) {
		return "", c.fail(i, "string", true)
	}
	switch v := c.params[i].(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatUint(uint64(v), 10), nil
	case float64:
		if c.protocol == JSON {
			return strconv.FormatUint(uint64(truncate(v)), 10), nil
		}
	}
	return "", c.fail(i, "string", false)
}

// Int reads parameter i, which must be an integer. The error is a *ParamError.
// In a JSON request fractions are cut, and what is not a number reads as 0, as in Kamailio.
func (c *Call) Int(i int) (int64, error) {
	if i >= len(c.params) {
		return 0, c.fail(i, "integer", true)
	}
	if c.protocol == JSON {
		return truncate(looseNumber(c.params[i])), nil
	}
	n, ok := c.params[i].(int64)
	if !ok {
		return 0, c.fail(i, "integer", false)
	}
	return n, nil
}

// AsInt reads parameter i as an integer; in a binary request a string of digits will do.
// The error is a *ParamError. JSON requests are read as by Int.
func (c *Call) AsInt(i int) (int64, error) {
	if i < len(c.params) && c.protocol != JSON {
		if s, ok := c.params[i].(string); ok {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return 0, c.fail(i, "integer", false)
			}
			return n, nil
		}
	}
	return c.Int(i)
}

// Float reads parameter i as a number. The error is a *ParamError.
func (c *Call) Float(i int) (float64, error) {
	if i >= len(c.params) {
		return 0, c.fail(i, "float", true)
	}
	if c.protocol == JSON {
		return looseNumber(c.params[i]), nil
	}
	switch v := c.params[i].(type) {
	case float64:
		return v, nil
	case int64:
		return float64(v), nil
	}
	return 0, c.fail(i, "float", false)
}

// StrOpt reads parameter i like Str, or gives def when it is missing or no string.
func (c *Call) StrOpt(i int, def string) string {
	if i >= len(c.params) {
		return def
	}
	if s, err := c.Str(i); err == nil {
		return s
	}
	return def
}

// IntOpt reads parameter i like Int, or gives def when it is missing or no integer.
func (c *Call) IntOpt(i int, def int64) int64 {
	if i >= len(c.params) {
		return def
	}
	if n, err := c.Int(i); err == nil {
		return n
	}
	return def
}

// Add appends values to the answer.
func (c *Call) Add(values ...Value) {
	for _, v := range values {
		c.values = append(c.values, normal(v))
	}
}

// AddStruct appends an empty struct to the answer and returns it to be filled.
func (c *Call) AddStruct() *Struct {
	s := &Struct{}
	c.values = append(c.values, s)
	return s
}

// AddList appends an empty list to the answer and returns it to be filled.
func (c *Call) AddList() *List {
	l := &List{}
	c.values = append(c.values, l)
	return l
}

// Fault makes the error that a command returns to tell its client what went wrong.
func (c *Call) Fault(code int, format string, args ...any) error {
	if len(args) == 0 {
		return &Fault{code, format}
	}
	return &Fault{code, fmt.Sprintf(format, args...)}
}

func (c *Call) fail(i int, want string, missing bool) error {
	c.mismatch = &ParamError{Index: i, Want: want, Missing: missing}
	return c.mismatch
}

// looseNumber is the number that a JSON parameter stands for.
func looseNumber(v Value) float64 {
	switch n := v.(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	case bool:
		if n {
			return 1
		}
	}
	return 0
}

func truncate(f float64) int64 {
	switch {
	case math.IsNaN(f):
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}
