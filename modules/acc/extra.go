package acc

import (
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// extra is one further attribute of a record.
type extra struct {
	name  string
	value *kemi.Variable
}

// parseExtras reads "name=$variable;name=$variable", the value of a parameter.
func parseExtras(r *kemi.Registry, param, text string) ([]extra, error) {
	var list []extra
	err := eachPair(text, func(name, value string) error {
		v, err := r.Var(value)
		list = append(list, extra{name, v})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", param, err)
	}
	return list, nil
}

// eachPair calls f for each name=value of a list with semicolons.
func eachPair(text string, f func(name, value string) error) error {
	for rest := text; strings.TrimSpace(rest) != ""; {
		name, after, ok := strings.Cut(rest, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" {
			return fmt.Errorf("%q: want name=$variable;name=$variable", text)
		}
		end := valueEnd(after)
		if err := f(name, strings.TrimSpace(after[:end])); err != nil {
			return err
		}
		rest = strings.TrimPrefix(after[end:], ";")
	}
	return nil
}

// valueEnd finds the semicolon after a variable; those inside of brackets are part of it.
func valueEnd(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		case ';':
			if depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// leg is one attribute of multi_leg_info: an AVP with one value for each leg.
type leg struct{ name, avp string }

// parseLegs reads "name=$avp(x);name=$avp(y)".
func parseLegs(text string) ([]leg, error) {
	var list []leg
	err := eachPair(text, func(name, value string) error {
		avp, ok := strings.CutPrefix(value, "$avp(")
		avp, closed := strings.CutSuffix(avp, ")")
		if !ok || !closed {
			return fmt.Errorf("multi_leg_info: %q: want $avp(name)", value)
		}
		list = append(list, leg{name, strings.TrimPrefix(strings.TrimPrefix(avp, "s:"), "i:")})
		return nil
	})
	return list, err
}

// eachLeg calls f for each leg, with the values of its attributes, and once with none of
// them if there is no leg. The values are f's until it returns.
func eachLeg(legs []leg, vars *route.Vars, f func(values []*route.Value)) {
	values := make([]*route.Value, len(legs))
	for i := 0; ; i++ {
		more := false
		for k, l := range legs {
			values[k] = nil
			if vars == nil {
				continue
			}
			if avp := vars.AVP.At(route.ClassURIFrom, l.avp, i); avp != nil {
				values[k], more = &avp.Value, true
			}
		}
		if more || i == 0 {
			f(values)
		}
		if !more {
			return
		}
	}
}

// appendLegs writes one set of the attributes for each leg.
func appendLegs(dst []byte, legs []leg, vars *route.Vars) []byte {
	if len(legs) == 0 {
		return dst
	}
	eachLeg(legs, vars, func(values []*route.Value) {
		for k, v := range values {
			if dst = appendName(dst, legs[k].name); v != nil {
				dst = appendAVP(dst, *v)
			}
		}
	})
	return dst
}

func appendAVP(dst []byte, v route.Value) []byte {
	if v.IsNum {
		return kemi.Int64(v.Num).AppendText(dst)
	}
	return append(dst, v.Text...)
}
