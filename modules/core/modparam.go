package core

import (
	"errors"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// paramCommands read the parameters of the loaded modules, and change those that may change.
var paramCommands = kemi.Commands[state]{
	{Name: "modparam.list", Run: (*state).paramList, Array: true, Doc: "the parameters of a module, or of all"},
	{Name: "modparam.getn", Run: paramGet(kemi.KindInt), Doc: "a number: module, parameter"},
	{Name: "modparam.gets", Run: paramGet(kemi.KindStr), Doc: "a text: module, parameter"},
	{Name: "modparam.setn", Run: (*state).paramSet, Doc: "changes a number that may change while the server runs: module, parameter, number"},
}

var (
	errParamNames = &rpc.Fault{Code: 400, Message: "Module And Parameter Names Expected"}
	errParamValue = &rpc.Fault{Code: 400, Message: "Module, Parameter And Value Expected"}
	errNoModule   = &rpc.Fault{Code: 404, Message: "Module Not Found"}
	errNoParam    = &rpc.Fault{Code: 404, Message: "Parameter Not Found"}
	errFuncParam  = &rpc.Fault{Code: 488, Message: "Not Acceptable Here - Use Func Param"}
	errFixedParam = &rpc.Fault{Code: 488, Message: "Not Acceptable Here - Not A Shm Param"}
)

func (s *state) paramList(c *rpc.Call) error {
	name := c.StrOpt(0, "")
	if name != "" && s.srv.Registry.Module(name) == nil {
		return errNoModule
	}
	for _, in := range s.srv.Registry.Modules() {
		if name == "" || in.Info.Name == name {
			listParams(c, in)
		}
	}
	return nil
}

// paramTypes are the incumbent's names for the kinds.
var paramTypes = map[kemi.ValueKind]string{kemi.KindInt: "int", kemi.KindStr: "str", kemi.KindNull: "str"}

func listParams(c *rpc.Call, in *kemi.Instance) {
	for _, info := range in.Info.Params {
		_, value, err := in.Param(info.Name)
		out := c.AddStruct().Add("module", in.Info.Name).Add("param", info.Name).Add("type", paramTypes[info.Kind]).
			Add("use_func", yesNo(err != nil)).Add("use_shm", yesNo(info.Live))
		if err == nil {
			out.Add("value", plain(value))
		}
	}
}

func plain(v kemi.Value) rpc.Value {
	if v.Kind() == kemi.KindInt {
		return v.Int64()
	}
	return v.Text()
}

// paramGet answers with a parameter of a kind.
func paramGet(kind kemi.ValueKind) func(*state, *rpc.Call) error {
	return func(s *state, c *rpc.Call) error {
		in, name, err := s.paramOf(c)
		if err != nil {
			return err
		}
		info, value, err := in.Param(name)
		switch {
		case errors.Is(err, kemi.ErrFuncParam):
			return errFuncParam
		case err != nil || value.Kind() != kind:
			return errNoParam
		}
		c.AddStruct().Add("module", in.Info.Name).Add("param", name).Add("shm", yesNo(info.Live)).Add("value", plain(value))
		return nil
	}
}

// paramOf finds the module and gives the name of the parameter.
func (s *state) paramOf(c *rpc.Call) (in *kemi.Instance, name string, err error) {
	module, errModule := c.Str(0)
	name, errName := c.Str(1)
	if errModule != nil || errName != nil {
		return nil, "", errParamNames
	}
	if in = s.srv.Registry.Module(module); in == nil {
		return nil, "", errNoModule
	}
	return in, name, nil
}

func (s *state) paramSet(c *rpc.Call) error {
	in, name, err := s.paramOf(c)
	n, errValue := c.Int(2)
	if err == errParamNames || errValue != nil {
		return errParamValue
	}
	if err != nil {
		return err
	}
	_, before, _ := in.Param(name)
	switch err := in.SetLive(name, int(n)); {
	case errors.Is(err, kemi.ErrNoParam):
		return errNoParam
	case errors.Is(err, kemi.ErrFuncParam):
		return errFixedParam
	case err != nil:
		return c.Fault(400, "%v", err)
	}
	c.AddStruct().Add("module", in.Info.Name).Add("param", name).Add("shm", "yes").Add("oval", before.Int64()).Add("nval", n)
	return nil
}
