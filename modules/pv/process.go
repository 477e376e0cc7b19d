package pv

import (
	"errors"
	"os"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

var coreVars = kemi.Vars[state]{
	{Name: "true", Get: constant(kemi.Int(1)), Doc: "1"},
	{Name: "err.class", Get: constant(kemi.Null), Doc: "class of a parser error; never set here"},
	{Name: "err.level", Get: constant(kemi.Null), Doc: "level of a parser error; never set here"},
	{Name: "err.info", Get: constant(kemi.Null), Doc: "text of a parser error; never set here"},
	{Name: "err.rcode", Get: constant(kemi.Null), Doc: "reply code of a parser error; never set here"},
	{Name: "err.rreason", Get: constant(kemi.Null), Doc: "reply reason of a parser error; never set here"},
	{Name: "cnt", Named: true, Parse: parseCount, Get: getCount, Doc: "how many values $avp(x), $xavp(x), $xavi(x) or $xavu(x) has"},
}

var processVars = kemi.Vars[state]{
	{Name: "pp", Get: func(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value { return kemi.Int(os.Getpid()) }, Doc: "number of the process"},
	{Name: "sid", Get: func(s *state, _ *kemi.Ctx, _ *kemi.VarArgs) kemi.Value { return kemi.Int(s.srv.Settings.ServerID) }, Doc: "the server_id parameter"},
	{Name: "version", Named: true, Parse: parseVersion, Get: getVersion, Doc: "num: version; full: name and version; hash: revision"},
	{Name: "ksr", Named: true, Parse: parseVersion, Get: getVersion, Doc: "the same as $version"},
}

func parseVersion(_ *state, _ *kemi.Registry, inner string) (any, error) {
	switch inner {
	case "num", "full", "hash":
		return inner, nil
	}
	return nil, errName
}

func getVersion(s *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	switch a.Inner {
	case "full":
		return kemi.Str("moonroute " + s.srv.Version)
	case "hash":
		return kemi.Str("unknown")
	}
	return kemi.Str(s.srv.Version)
}

var errCount = errors.New("only $avp(x), $xavp(x), $xavi(x) and $xavu(x) can be counted")

func parseCount(_ *state, r *kemi.Registry, inner string) (any, error) {
	v, err := r.Var(inner)
	if err != nil {
		return nil, err
	}
	switch v.Name() {
	case "avp", "xavp", "xavi", "xavu":
		return v, nil
	}
	return nil, errCount
}

func getCount(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	args, ok := a.Data.(*kemi.Variable).Args(c)
	if !ok {
		return kemi.Null
	}
	switch x := args.Data.(type) {
	case *avpName:
		return kemi.Int(s.vars(c).AVP.Count(x.class, x.name))
	case *xavpPath:
		return kemi.Int(x.level(c, s.vars(c)).Count(x.steps[len(x.steps)-1].name))
	}
	return kemi.Null
}

var statVars = kemi.Vars[state]{
	{Name: "stat", Named: true, Get: getStat, Doc: "value of a statistic, by its name or group.name"},
	{Name: "ccp", Named: true, Parse: parseSetting, Get: getSetting, Set: setSetting, Doc: "value of a parameter that can be changed at run time: group.name"},
}

func getStat(s *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	group, name, ok := strings.Cut(a.Inner, ".")
	if !ok {
		if e, ok := s.srv.Stats.ByName(a.Inner); ok {
			return kemi.Int64(e.Stat.Value())
		}
		return kemi.Null
	}
	if e, ok := s.srv.Stats.Get(group, name); ok {
		return kemi.Int64(e.Stat.Value())
	}
	return kemi.Null
}

// settings are the parameters inside $ccp(…).
var settings = map[string]struct {
	get func(*state) int
	set func(*state, int)
}{
	"core.debug": {
		func(s *state) int { return int(s.srv.Log.Threshold()) },
		func(s *state, n int) { s.srv.Log.SetThreshold(log.Level(n)) },
	},
}

func parseSetting(_ *state, _ *kemi.Registry, inner string) (any, error) {
	group, name, ok := strings.Cut(inner, ".")
	if !ok || group == "" || name == "" {
		return nil, errName
	}
	return nil, nil
}

// getSetting is null for all but the settings in the table, as in the incumbent.
func getSetting(s *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if x, ok := settings[a.Inner]; ok {
		return kemi.Int(x.get(s))
	}
	return kemi.Null
}

// setSetting takes a number, or a text that is one. Unsetting does nothing.
func setSetting(s *state, _ *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	if v.IsNull() {
		return true
	}
	n, err := strconv.Atoi(v.Text())
	if err != nil {
		return false
	}
	if x, ok := settings[a.Inner]; ok {
		x.set(s, n)
		return true
	}
	group, name, _ := strings.Cut(a.Inner, ".")
	return s.srv.Runtime != nil && s.srv.Runtime.Set(kemi.RuntimeRef{Group: group}, name, kemi.Int(n)) == nil
}
