package debugger

import (
	"encoding/json"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// maskXAVP is the bit of dbg_pv_dump_ex for XAVPs.
const maskXAVP = 8

func (s *state) dump(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return s.write(c, maskXAVP, log.Level(s.logLevel))
}

func (s *state) dumpAt(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.write(c, a.Int(0), log.Level(a.Int(1)))
}

func (s *state) write(c *kemi.Ctx, mask int, level log.Level) kemi.Value {
	out := map[string]any{}
	if v := c.Msg.Vars; v != nil && mask&maskXAVP != 0 {
		for _, x := range v.XAVP.List() {
			name := "$xavp(" + x.Name + ")"
			list, _ := out[name].([]any)
			out[name] = append(list, shown(x.Value))
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return kemi.Int(-1)
	}
	c.Log(level, "debugger", string(text))
	return kemi.Int(1)
}

// shown is a value as JSON has it: a number, a text, or an object of lists.
func shown(v route.Value) any {
	switch {
	case v.IsNum:
		return v.Num
	case v.List == nil:
		return v.Text
	}
	out := map[string][]any{}
	for _, x := range v.List.List() {
		out[x.Name] = append(out[x.Name], shown(x.Value))
	}
	return out
}
