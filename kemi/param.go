package kemi

import (
	"errors"
	"fmt"
	"strconv"
)

// ParamValue is a modparam value as the configuration gives it: a number or a text.
type ParamValue struct {
	IsStr bool
	Int   int
	Str   string
}

// ParamInfo describes one module parameter.
type ParamInfo struct {
	Name    string
	Kind    ValueKind // KindInt or KindStr; KindNull takes both
	Default string    // as the documentation shows it
	Doc     string
	Live    bool // may change while the server runs; see LiveIntParam
}

// Params are the parameters of a module.
type Params[S any] []Param[S]

// Param is one module parameter; make it with IntParam, StrParam or FuncParam.
type Param[S any] struct {
	ParamInfo
	set   func(s *S, v ParamValue) error
	reset func(s *S) error
	get   func(s *S) Value // nil for a FuncParam
}

type boundParam struct {
	ParamInfo
	set func(ParamValue) error
	get func() Value // nil for a FuncParam
}

// Errors of parameters by name.
var (
	ErrNoParam   = errors.New("no such parameter")
	ErrFuncParam = errors.New("the parameter keeps no value that could be read or changed")
)

// Param gives a parameter and its present value.
func (in *Instance) Param(name string) (ParamInfo, Value, error) {
	p, ok := in.params[name]
	switch {
	case !ok:
		return ParamInfo{}, Null, ErrNoParam
	case p.get == nil:
		return p.ParamInfo, Null, ErrFuncParam
	}
	return p.ParamInfo, p.get(), nil
}

// SetLive changes a parameter that may change while the server runs.
func (in *Instance) SetLive(name string, n int) error {
	p, ok := in.params[name]
	switch {
	case !ok:
		return ErrNoParam
	case !p.Live:
		return ErrFuncParam
	}
	return p.set(ParamValue{Int: n})
}

// IntParam is a number, kept where field points to.
func IntParam[S any](name string, def int, field func(*S) *int, doc string) Param[S] {
	return Param[S]{
		ParamInfo: ParamInfo{Name: name, Kind: KindInt, Default: strconv.Itoa(def), Doc: doc},
		set:       func(s *S, v ParamValue) error { *field(s) = v.Int; return nil },
		reset:     func(s *S) error { *field(s) = def; return nil },
		get:       func(s *S) Value { return Int(*field(s)) },
	}
}

// StrParam is a text, kept where field points to.
func StrParam[S any](name, def string, field func(*S) *string, doc string) Param[S] {
	return Param[S]{
		ParamInfo: ParamInfo{Name: name, Kind: KindStr, Default: strconv.Quote(def), Doc: doc},
		set:       func(s *S, v ParamValue) error { *field(s) = v.Str; return nil },
		reset:     func(s *S) error { *field(s) = def; return nil },
		get:       func(s *S) Value { return Str(*field(s)) },
	}
}

// FuncParam hands each value to a function: for parameters that may be given several
// times or that need a check. Def is what the documentation shows as the default.
func FuncParam[S any](name string, kind ValueKind, def string, set func(*S, ParamValue) error, doc string) Param[S] {
	return Param[S]{
		ParamInfo: ParamInfo{Name: name, Kind: kind, Default: def, Doc: doc},
		set:       set,
		reset:     func(*S) error { return nil },
	}
}

// setParam sets a parameter by name. Kamailio turns neither numbers into texts nor texts
// into numbers; the wrong kind is an error here as there.
func (in *Instance) setParam(name string, v ParamValue) error {
	p, ok := in.params[name]
	if !ok {
		return fmt.Errorf("module %s has no parameter %q", in.Info.Name, name)
	}
	if p.Kind == KindInt && v.IsStr {
		return fmt.Errorf("parameter %s of module %s takes a number, not %q", name, in.Info.Name, v.Str)
	}
	if p.Kind == KindStr && !v.IsStr {
		return fmt.Errorf("parameter %s of module %s takes a text, not the number %d", name, in.Info.Name, v.Int)
	}
	return p.set(v)
}
