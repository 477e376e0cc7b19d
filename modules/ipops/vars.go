package ipops

import (
	"errors"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/kemi"
)

var vars = kemi.Vars[state]{
	{Name: "HN", Named: true, Parse: parseHost, Get: getHost, Doc: "the machine's name: n (up to the first dot), f (all), d (domain), i (its address in the DNS)"},
	{Name: "dns", Named: true, Parse: parser(dnsContainer, dnsFields), Get: getResult, Doc: "answer of dns_query: count, ipv4, ipv6 (1 if there are such addresses), addr[i], type[i] (4 or 6)"},
	{Name: "srvquery", Named: true, Parse: parser(srvContainer, srvFields), Get: getResult, Doc: "answer of srv_query: count, priority[i], weight[i], port[i], target[i]"},
	{Name: "naptrquery", Named: true, Parse: parser(naptrContainer, naptrFields), Get: getResult, Doc: "answer of naptr_query: count, order[i], pref[i], flags[i], services[i], regex[i], replace[i]"},
	{Name: "ptrquery", Named: true, Parse: parser(ptrContainer, ptrFields), Get: getResult, Doc: "answer of ptr_query: ip, hostname"},
}

var (
	errVariable = errors.New("want id=>key or id=>key[index]")
	errTooMany  = errors.New("too many different ids")
)

// field reads one thing of a result; found is false if the query was not made.
type field struct {
	indexed bool // it needs an index
	get     func(r *result, found bool, i int) kemi.Value
}

// resultName is what stands in the parentheses.
type resultName struct {
	containerName
	field field
	n     int            // the index
	index *kemi.Variable // the index is this variable's value
}

// parser makes the Parse function of a variable.
func parser(kind container, fields map[string]field) func(*state, *kemi.Registry, string) (any, error) {
	return func(s *state, r *kemi.Registry, inner string) (any, error) {
		id, key, _ := strings.Cut(inner, "=>")
		name := &resultName{containerName: containerName{kind, strings.TrimSpace(id)}}
		key, index, indexed := strings.Cut(strings.TrimSpace(key), "[")
		field, ok := fields[key]
		if !ok || name.id == "" {
			return nil, errVariable
		}
		name.field = field
		if err := s.declare(kind, name.id); err != nil {
			return nil, err
		}
		if !indexed {
			if name.field.indexed && kind != dnsContainer {
				return nil, errVariable
			}
			return name, nil
		}
		return name, name.parseIndex(r, index)
	}
}

// parseIndex reads "3]" or "$var(i)]".
func (n *resultName) parseIndex(r *kemi.Registry, text string) (err error) {
	text, closed := strings.CutSuffix(text, "]")
	if !closed {
		return errVariable
	}
	if strings.HasPrefix(text, "$") {
		n.index, err = r.Var(text)
		return err
	}
	if text == "" && n.kind == dnsContainer {
		return nil
	}
	if n.n, err = strconv.Atoi(text); err != nil || text[0] == '+' {
		return errVariable
	}
	return nil
}

func getResult(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	name := a.Data.(*resultName)
	i := name.n
	if name.index != nil {
		x := name.index.Get(c)
		if x.Kind() != kemi.KindInt {
			return kemi.Null
		}
		i = x.Int()
	}
	r, found := s.resultsOf(c)[name.containerName]
	return name.field.get(&r, found, i)
}

// dnsFields are the keys of $dns. An index below zero counts from the end.
var dnsFields = map[string]field{
	"count": {get: ofAddresses(func(r *result) kemi.Value { return kemi.Int(len(r.addrs)) })},
	"ipv4":  {get: ofAddresses(func(r *result) kemi.Value { return kemi.Int(hasFamily(r, true)) })},
	"ipv6":  {get: ofAddresses(func(r *result) kemi.Value { return kemi.Int(hasFamily(r, false)) })},
	"addr": {indexed: true, get: func(r *result, _ bool, i int) kemi.Value {
		if i = place(i, len(r.addrs)); i < 0 {
			return kemi.Null
		}
		return kemi.Str(r.addrs[i].String())
	}},
	"type": {indexed: true, get: func(r *result, _ bool, i int) kemi.Value {
		switch i = place(i, len(r.addrs)); {
		case i < 0:
			return kemi.Null
		case r.addrs[i].Is4():
			return kemi.Int(4)
		}
		return kemi.Int(6)
	}},
}

func place(i, n int) int {
	if i < 0 {
		i += n
	}
	if i >= n {
		return -1
	}
	return max(i, -1)
}

// ofAddresses is null without addresses.
func ofAddresses(get func(*result) kemi.Value) func(*result, bool, int) kemi.Value {
	return func(r *result, _ bool, _ int) kemi.Value {
		if len(r.addrs) == 0 {
			return kemi.Null
		}
		return get(r)
	}
}

func hasFamily(r *result, v4 bool) int {
	for _, addr := range r.addrs {
		if addr.Is4() == v4 {
			return 1
		}
	}
	return 0
}

// count is the number of records, 0 also if nothing was asked.
var count = field{get: func(r *result, _ bool, _ int) kemi.Value { return kemi.Int(len(r.records)) }}

// of makes a field of a record.
func of(get func(*resolve.Record) kemi.Value) field {
	return field{indexed: true, get: func(r *result, _ bool, i int) kemi.Value {
		if i < 0 || i >= len(r.records) {
			return kemi.Null
		}
		return get(&r.records[i])
	}}
}

var srvFields = map[string]field{
	"count":    count,
	"priority": of(func(x *resolve.Record) kemi.Value { return kemi.Int(int(x.Priority)) }),
	"weight":   of(func(x *resolve.Record) kemi.Value { return kemi.Int(int(x.Weight)) }),
	"port":     of(func(x *resolve.Record) kemi.Value { return kemi.Int(int(x.Port)) }),
	"target":   of(func(x *resolve.Record) kemi.Value { return kemi.Str(x.Target) }),
}

var naptrFields = map[string]field{
	"count":    count,
	"order":    of(func(x *resolve.Record) kemi.Value { return kemi.Int(int(x.Order)) }),
	"pref":     of(func(x *resolve.Record) kemi.Value { return kemi.Int(int(x.Preference)) }),
	"flags":    of(func(x *resolve.Record) kemi.Value { return kemi.Str(x.Flags) }),
	"services": of(func(x *resolve.Record) kemi.Value { return kemi.Str(x.Services) }),
	"regex":    of(func(x *resolve.Record) kemi.Value { return kemi.Str(x.Regexp) }),
	"replace":  of(func(x *resolve.Record) kemi.Value { return kemi.Str(x.Replacement) }),
}

var ptrFields = map[string]field{
	"ip":       {get: func(r *result, _ bool, _ int) kemi.Value { return textOrNull(r.ip) }},
	"hostname": {get: func(r *result, _ bool, _ int) kemi.Value { return textOrNull(r.name) }},
}

func textOrNull(text string) kemi.Value {
	if text == "" {
		return kemi.Null
	}
	return kemi.Str(text)
}
