package pv

import (
	"errors"
	"strings"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var paramTrans = kemi.Trans[state]{
	{Name: "param.value", Args: "name str, separator str?", Parse: parseSeparator(1), Call: paramValue, Doc: "value of a parameter in a list a=b;c=d; empty if it is not there"},
	{Name: "param.in", Args: "name str, separator str?", Parse: parseSeparator(1), Call: paramIn, Doc: "1 if a parameter is in the list, else 0"},
	{Name: "param.valueat", Args: "index int, separator str?", Parse: parseSeparator(1), Call: paramAt(func(p sip.Param) string { return p.Value }), Doc: "value of the parameter at a place; negative ones count from the end"},
	{Name: "param.name", Args: "index int, separator str?", Parse: parseSeparator(1), Call: paramAt(func(p sip.Param) string { return p.Name }), Doc: "name of the parameter at a place; negative ones count from the end"},
	{Name: "param.count", Args: "separator byte?", Parse: parseSeparator(0), Call: paramCount, Doc: "how many parameters the list has"},
}

var errSeparator = errors.New("the separator is one byte")

// parseSeparator reads the separator in the i-th argument; a semicolon if it was left out.
func parseSeparator(i int) func(*state, *kemi.TranArgs) (any, error) {
	return func(_ *state, a *kemi.TranArgs) (any, error) {
		if a.Len() <= i {
			return byte(';'), nil
		}
		if len(a.Str(i)) != 1 {
			return nil, errSeparator
		}
		return a.Str(i)[0], nil
	}
}

// maxParams bounds a list.
const maxParams = 256

var errParams = errors.New("malformed list of parameters")

// readParams reads name=value pairs as strictly as the incumbent: no blank before the first
// name, values may be quoted, one separator may stand at the end.
func readParams(s string, separator byte) (list []sip.Param, err error) {
	if s != "" && s[len(s)-1] == separator {
		s = s[:len(s)-1]
	}
	if s == "" || strings.IndexByte(blanks, s[0]) >= 0 {
		return nil, errParams
	}
	for len(list) < maxParams {
		var p sip.Param
		if p, s, err = readParam(s, separator); err != nil {
			return nil, err
		}
		list = append(list, p)
		if s == "" {
			return list, nil
		}
		if s = strings.TrimLeft(s[1:], blanks); s == "" {
			return nil, errParams
		}
	}
	return nil, errParams
}

// readParam reads one pair; rest is empty or begins with the separator.
func readParam(s string, separator byte) (p sip.Param, rest string, err error) {
	end := endOf(s, blanks+"="+string(separator))
	p.Name, s = s[:end], strings.TrimLeft(s[end:], blanks)
	if s == "" || s[0] == separator {
		return p, s, nil
	}
	if s[0] != '=' {
		return p, "", errParams
	}
	p.HasValue = true
	s = strings.TrimLeft(s[1:], blanks)
	switch {
	case s == "":
		return p, "", nil
	case s[0] == separator:
		return p, "", errParams
	case s[0] == '"' || s[0] == '\'':
		end := strings.IndexByte(s[1:], s[0])
		if end < 0 {
			return p, "", errParams
		}
		p.Value, s = s[1:1+end], s[end+2:]
	default:
		end := endOf(s, blanks+string(separator))
		p.Value, s = s[:end], s[end:]
	}
	if s = strings.TrimLeft(s, blanks); s != "" && s[0] != separator {
		return p, "", errParams
	}
	return p, s, nil
}

// endOf is the place of the first byte of a set, or the length of the text.
func endOf(s, set string) int {
	if i := indexBytes(s, set); i >= 0 {
		return i
	}
	return len(s)
}

func readList(v kemi.Value, a *kemi.TranArgs) []sip.Param {
	list, _ := readParams(v.Text(), a.Data.(byte))
	return list
}

func paramValue(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	list := readList(v, a)
	if list == nil {
		return kemi.Null
	}
	value := ""
	for _, p := range list {
		if a.Str(0) != "" && sip.EqualFold(p.Name, a.Str(0)) {
			value = p.Value
		}
	}
	return kemi.Str(value)
}

func paramIn(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	list := readList(v, a)
	if list == nil {
		return kemi.Null
	}
	for _, p := range list {
		if a.Str(0) != "" && sip.EqualFold(p.Name, a.Str(0)) {
			return kemi.Int(1)
		}
	}
	return kemi.Int(0)
}

func paramAt(take func(p sip.Param) string) tran {
	return func(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
		list := readList(v, a)
		if list == nil {
			return kemi.Null
		}
		i := a.Int(0)
		if i < 0 {
			i += len(list)
		}
		if i < 0 || i >= len(list) {
			return kemi.Str("")
		}
		return kemi.Str(take(list[i]))
	}
}

func paramCount(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	list := readList(v, a)
	if list == nil {
		return kemi.Null
	}
	return kemi.Int(len(list))
}
