package ipops

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/kemi"
)

var recordFuncs = funcs{
	{Name: "srv_query", Args: "name str, id str", Returns: kemi.Code, Waits: true, Call: (*state).querySRV, Doc: "asks for SRV records, for $srvquery(id=>…), best first: 1 also without any; -2 without a name, -3 if the script has not yet read such a variable of this id"},
	{Name: "naptr_query", Args: "name str, id str", Returns: kemi.Code, Waits: true, Call: (*state).queryNAPTR, Doc: "asks for NAPTR records, for $naptrquery(id=>…), first ones first; results as of srv_query"},
	{Name: "ptr_query", Args: "address str, id str", Returns: kemi.Code, Waits: true, Call: (*state).queryPTR, Doc: "asks for the name of an address, for $ptrquery(id=>…): 1 or -1"},
}

func (s *state) querySRV(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.queryRecords(c, a, srvContainer, resolve.SRV, func(x, y resolve.Record) int {
		return cmp.Or(cmp.Compare(x.Priority, y.Priority), cmp.Compare(y.Weight, x.Weight))
	})
}

func (s *state) queryNAPTR(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.queryRecords(c, a, naptrContainer, resolve.NAPTR, func(x, y resolve.Record) int {
		return cmp.Or(cmp.Compare(x.Order, y.Order), cmp.Compare(x.Preference, y.Preference))
	})
}

// queryRecords asks the DNS; no answer is an empty list.
func (s *state) queryRecords(c *kemi.Ctx, a *kemi.Args, kind container, want resolve.Type, order func(x, y resolve.Record) int) kemi.Value {
	name, id := a.Str(0), a.Str(1)
	if name == "" {
		return badName
	}
	if !s.declared(kind, id) {
		return noContainer
	}
	var found []resolve.Record
	wait(c, func(ctx context.Context) { found, _ = s.dns.records(ctx, name, want) })
	slices.SortStableFunc(found, order)
	s.keep(c, kind, id, result{records: found})
	return yes
}

func (s *state) queryPTR(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, id := a.Str(0), a.Str(1)
	addr, k := parse(text)
	if k == noAddress || id == "" {
		return no
	}
	var names []string
	wait(c, func(ctx context.Context) { names, _ = s.dns.names(ctx, addr) })
	if len(names) == 0 {
		s.keep(c, ptrContainer, id, result{})
		return no
	}
	s.keep(c, ptrContainer, id, result{ip: addr.String(), name: strings.TrimSuffix(names[0], ".")})
	return yes
}
