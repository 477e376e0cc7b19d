package pv

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// headerPath is the header that hf_value.NAME or hf_value["NAME"] begins with, and what follows it.
func headerPath(first step, rest []step) (name step, below []step, ok bool) {
	if first.key != "" {
		return step{name: first.key}, rest, true
	}
	if len(rest) == 0 || first.given {
		return step{}, nil, false
	}
	name = rest[0]
	name.name = strings.ReplaceAll(name.name, "_", "-")
	return name, rest[1:], true
}

// selectValues looks hf_value.NAME up: all values of the headers of a name, joined with commas; hf_value.NAME[2] is one
// of them, and uri, name and param.X are parts of one.
func selectValues(first step, rest []step) selector {
	name, below, ok := headerPath(first, rest)
	if !ok || name.key != "" {
		return nil
	}
	if !name.given && (len(below) == 0 || isParam(below)) {
		return func(_ *kemi.Ctx, m *route.Message) string { return strings.Join(headerValues(m, name.name), ",") }
	}
	take := selectInValue(below)
	if take == nil {
		return nil
	}
	return func(_ *kemi.Ctx, m *route.Message) string {
		values := headerValues(m, name.name)
		i := max(name.index, 1) - 1
		if name.index < 0 {
			i = len(values) + name.index
		}
		if i < 0 || i >= len(values) {
			return ""
		}
		return take(values[i])
	}
}

func isParam(below []step) bool {
	_, ok := paramOf(below)
	return ok && (below[0].name == "param" || below[0].name == "p")
}

// selectInValue looks a path below one value up.
func selectInValue(below []step) func(value string) string {
	if len(below) == 0 {
		return func(value string) string { return value }
	}
	if isParam(below) {
		name, _ := paramOf(below)
		return func(value string) string { return valueParam(value, name) }
	}
	if below[0].name != "uri" && below[0].name != "name" {
		return nil
	}
	take := selectInAddr(below)
	if take == nil {
		return nil
	}
	return func(value string) string {
		a, _, err := sip.ParseNameAddr(value)
		switch {
		case err != nil:
			return ""
		case below[0].name == "name":
			return orEmptyText(a.DisplayText())
		}
		return take(&a)
	}
}

// valueParam is a parameter of a value, which may begin with an address.
func valueParam(value, name string) string {
	var params string
	if a, _, err := sip.ParseNameAddr(value); err == nil {
		params = a.Params
	} else if _, params, _ = strings.Cut(value, ";"); params == "" {
		return ""
	}
	for p := sip.ParseParams(params); p.Next(); {
		if sip.EqualFold(p.Name, name) {
			return p.Value
		}
	}
	return ""
}

// headerValues are the values of all headers of a name.
func headerValues(m *route.Message, name string) (values []string) {
	for h := m.Find(name); h != nil; h = m.Next(h) {
		for rest := h.Value; rest != ""; {
			var value string
			value, rest = sip.CutElement(rest)
			values = append(values, value)
		}
	}
	return values
}

// selectExists looks hf_value_exists.NAME.VALUE up: 1 if the value is among those of the headers, else 0.
func selectExists(first step, rest []step) selector {
	name, below, ok := headerPath(first, rest)
	wanted := name.key
	if len(below) == 1 && wanted == "" && below[0].name != "" {
		wanted = below[0].name
	} else if len(below) != 0 {
		return nil
	}
	if !ok || wanted == "" {
		return nil
	}
	return func(_ *kemi.Ctx, m *route.Message) string {
		for _, value := range headerValues(m, name.name) {
			if sip.EqualFold(value, wanted) {
				return "1"
			}
		}
		return "0"
	}
}

// selectFirstValue looks hf_value2.NAME up: the first header as a whole, or with params.X a parameter of it.
func selectFirstValue(first step, rest []step) selector {
	name, below, ok := headerPath(first, rest)
	param, isParam := paramOf(below)
	if !ok || len(below) > 0 && (!isParam || below[0].name != "params") {
		return nil
	}
	return func(_ *kemi.Ctx, m *route.Message) string {
		h := m.Find(name.name)
		for i := 1; h != nil && i < name.index; i++ {
			h = m.Next(h)
		}
		if h == nil {
			return ""
		}
		if isParam {
			return valueParam(h.Value, param)
		}
		return strings.TrimRight(h.Value, blanks)
	}
}
