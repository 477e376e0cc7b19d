package pv

import "github.com/moonroute/moonroute/kemi"

var scriptVars = kemi.Vars[state]{
	{Name: "var", Named: true, Parse: parseVar, Get: getVar, Set: setVar, Doc: "script variable, as long as the shard lives; 0 until it is set"},
	{Name: "vz", Named: true, Parse: parseVar, Get: getVar, Set: setVar, Doc: "the same as $var"},
	{Name: "vn", Named: true, Parse: parseVar, Get: getNullVar, Set: setNullVar, Doc: "script variable that has no value until it is set"},
}

func parseVar(s *state, _ *kemi.Registry, inner string) (any, error) { return s.names.number(inner) }

// worker is the set of script variables that the present run uses.
func (s *state) worker(c *kemi.Ctx) *worker { return s.workers[c.Shard.ID].present }

func getVar(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	return orZero(at(s.worker(c).zero, a.Data.(int)))
}

// orZero is what an unset $var reads as.
func orZero(v kemi.Value) kemi.Value {
	if v.IsNull() {
		return kemi.Int(0)
	}
	return v
}

func setVar(s *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	*slot(&s.worker(c).zero, a.Data.(int)) = v
	return true
}

func getNullVar(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	return at(s.worker(c).null, a.Data.(int))
}

func setNullVar(s *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	*slot(&s.worker(c).null, a.Data.(int)) = v
	return true
}

func at(list []kemi.Value, n int) kemi.Value {
	if n < len(list) {
		return list[n]
	}
	return kemi.Null
}
