package siputils

import (
	"errors"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

func itoa(n int) string { return strconv.Itoa(n) }

var vars = kemi.Vars[state]{
	{Name: "pcv", Named: true, Get: (*state).chargingVector, Parse: parseCharging, Doc: "P-Charging-Vector (RFC 7315 5.6): $pcv(all), value, genaddr, orig, term"},
}

// chargingParams are the parameters that the inner names of $pcv stand for.
var chargingParams = map[string]string{
	"value": "icid-value", "genaddr": "icid-generated-at", "orig": "orig-ioi", "term": "term-ioi",
}

var errCharging = errors.New("siputils: $pcv takes all, value, genaddr, orig or term")

func parseCharging(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if inner == "all" {
		return "", nil
	}
	if name, ok := chargingParams[inner]; ok {
		return name, nil
	}
	return nil, errCharging
}

func (s *state) chargingVector(c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	h := c.Msg.Find("P-Charging-Vector")
	if h == nil {
		return kemi.Null
	}
	value := strings.TrimRight(h.Value, " \t\r\n")
	name, _ := a.Data.(string)
	if name == "" {
		return kemi.Str(value)
	}
	for p := sip.ParseParams(value); p.Next(); {
		if sip.EqualFold(p.Name, name) && p.Value != "" {
			return kemi.Str(p.Value)
		}
	}
	return kemi.Null
}
