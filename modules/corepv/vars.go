package corepv

import (
	"errors"
	"os"

	"github.com/moonroute/moonroute/kemi"
)

// Vars that belong to the host itself.
var vars = kemi.Vars[state]{
	{Name: "$", Get: constant(kemi.Str("$")), Doc: "a dollar sign ($$)"},
	{Name: "null", Get: constant(kemi.Null), Doc: "no value"},
	{Name: "rc", Get: constant(kemi.Int(0)), Doc: "return code of the native script language; 0 in Lua"},
	{Name: "retcode", Get: constant(kemi.Int(0)), Doc: "the same as $rc"},
	{Name: "?", Get: constant(kemi.Int(0)), Doc: "the same as $rc"},
	{Name: "def", Named: true, Get: define(false), Doc: "value of a name that the configuration defines (#!define), as written"},
	{Name: "defn", Named: true, Get: defineNumber, Doc: "the same as a number"},
	{Name: "defs", Named: true, Get: define(true), Doc: "the same without quotes"},
	{Name: "defv", Named: true, Get: define(true), Doc: "the same without quotes"},
	{Name: "env", Named: true, Get: env, Doc: "value of an environment variable"},
	{Name: "envn", Named: true, Get: envNumber, Doc: "the same as a number"},
	{Name: "iuid", Get: instance, Doc: "name of this instance, coreparam[iuid] in the configuration"},
	{Name: "_s", Named: true, Parse: parseFormat, Get: getFormat, Doc: "a text with variables in it: $_s($rU@$rd)"},
}

func constant(v kemi.Value) func(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value {
	return func(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value { return v }
}

// define reads a name of the preprocessor.
func define(unquote bool) func(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value {
	return func(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
		value, ok := c.Server.Config.Defines[a.Inner]
		if !ok {
			return kemi.Null
		}
		if n := len(value); unquote && n > 1 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
			value = value[1 : n-1]
		}
		return kemi.Str(value)
	}
}

func defineNumber(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	return kemi.Int(kemi.Str(c.Server.Config.Defines[a.Inner]).Number())
}

func env(_ *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	value, ok := os.LookupEnv(a.Inner)
	if !ok {
		return kemi.Null
	}
	return kemi.Str(value)
}

func envNumber(_ *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	value, ok := os.LookupEnv(a.Inner)
	if !ok {
		return kemi.Null
	}
	return kemi.Int(kemi.Str(value).Number())
}

func instance(_ *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
	if name := c.Server.Config.Str("iuid", ""); name != "" {
		return kemi.Str(name)
	}
	return kemi.Null
}

var errEmpty = errors.New("empty text")

func parseFormat(_ *state, r *kemi.Registry, inner string) (any, error) {
	if inner == "" {
		return nil, errEmpty
	}
	return r.Format(inner)
}

func getFormat(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	return kemi.Str(a.Data.(*kemi.Format).Text(c))
}
