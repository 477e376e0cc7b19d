package kemi

import (
	"fmt"
	"strconv"
	"sync/atomic"
)

// LiveInt is a number that operators may change while messages are handled (cfg.set). The
// zero value is 0.
type LiveInt struct{ n atomic.Int64 }

// Get is the present number. It is one load, fit for the path of a message.
func (l *LiveInt) Get() int { return int(l.n.Load()) }

// Set changes the number for every shard.
func (l *LiveInt) Set(n int) { l.n.Store(int64(n)) }

// LiveIntParam is IntParam for a number that may change at run time: it is listed by
// cfg.list under the module's name.
func LiveIntParam[S any](name string, def int, field func(*S) *LiveInt, doc string) Param[S] {
	return Param[S]{
		ParamInfo: ParamInfo{Name: name, Kind: KindInt, Default: strconv.Itoa(def), Doc: doc, Live: true},
		set:       func(s *S, v ParamValue) error { field(s).Set(v.Int); return nil },
		reset:     func(s *S) error { field(s).Set(def); return nil },
		get:       func(s *S) Value { return Int(field(s).Get()) },
	}
}

// Within refuses numbers outside of a range, at the start and at run time.
func (p Param[S]) Within(least, most int) Param[S] {
	set, name := p.set, p.Name
	p.set = func(s *S, v ParamValue) error {
		if v.Int < least || v.Int > most {
			return fmt.Errorf("parameter %s takes numbers from %d to %d, not %d", name, least, most, v.Int)
		}
		return set(s, v)
	}
	return p
}

// liveVars are the module's parameters that may change at run time.
func (in *Instance) liveVars() []RuntimeVar {
	var vars []RuntimeVar
	for _, info := range in.Info.Params {
		if !info.Live {
			continue
		}
		p := in.params[info.Name]
		vars = append(vars, RuntimeVar{
			Name: info.Name, Kind: info.Kind, Doc: info.Doc, Get: p.get,
			Set: func(v Value) error { return p.set(ParamValue{Int: v.Int()}) },
		})
	}
	return vars
}
