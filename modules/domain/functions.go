package domain

import (
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var functions = kemi.Funcs[state]{
	{Name: "is_from_local", Returns: kemi.Code, Call: (*state).isFromLocal, Doc: "1 if the host of the From URI is local, -1 if not, -2 for a broken From"},
	{Name: "is_uri_host_local", Returns: kemi.Code, Call: (*state).isURIHostLocal, Doc: "1 if the host of the request URI is local, else -1; in a failure route the URI is that of the first new branch"},
	{Name: "is_domain_local", Args: "domain str", Returns: kemi.Code, Call: (*state).isDomainLocal, Doc: "1 if a domain is local, else -1"},
	{Name: "lookup_domain", Args: "domain str", Returns: kemi.Code, Call: (*state).lookupDomain, Doc: "1 if a domain is local, else -1; puts its id into $avp(did) and its attributes into AVPs of their names"},
	{Name: "lookup_domain_prefix", Args: "domain str, prefix str", Returns: kemi.Code, Call: (*state).lookupDomain, Doc: "lookup_domain with a prefix before the names of the AVPs"},
}

var (
	yes    = kemi.Int(1)
	no     = kemi.Int(-1)
	broken = kemi.Int(-2)
)

func (s *state) local(name string) kemi.Value {
	if s.find(name) == nil {
		return no
	}
	return yes
}

func (s *state) isDomainLocal(_ *kemi.Ctx, a *kemi.Args) kemi.Value { return s.local(a.Str(0)) }

func (s *state) isFromLocal(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil {
		return broken
	}
	from, err := c.Msg.From()
	if err != nil {
		return s.brokenFrom(c, err)
	}
	u, err := from.URI()
	if err != nil {
		return s.brokenFrom(c, err)
	}
	return s.local(u.Host)
}

func (s *state) brokenFrom(c *kemi.Ctx, err error) kemi.Value {
	c.Log(log.Err, "domain", "is_from_local: "+err.Error())
	return broken
}

// plainRoutes are the routes where the request in hand has the URI that counts.
const plainRoutes = route.RequestRoute | route.BranchRoute | route.LocalRoute

func (s *state) isURIHostLocal(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	var uri string
	switch {
	case c.Msg == nil || !c.Msg.IsRequest:
		return no
	case c.Kind()&plainRoutes != 0:
		uri = c.Msg.CurrentURI()
	case c.Kind() == route.FailureRoute && len(c.Msg.Branches) > 0:
		uri = c.Msg.Branches[0].URI
	default:
		return no
	}
	u, err := sip.ParseURI(uri)
	if err != nil {
		c.Log(log.Err, "domain", "is_uri_host_local: "+err.Error())
		return no
	}
	return s.local(u.Host)
}

// lookupDomain serves lookup_domain_prefix too, whose second argument is the prefix.
func (s *state) lookupDomain(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.tables.Load()
	d := t.find(a.Str(0))
	if d == nil {
		return no
	}
	if c.Msg == nil {
		return yes
	}
	prefix := ""
	if a.Len() > 1 {
		prefix = a.Str(1)
	}
	avps := &c.Msg.AVPs().AVP
	for _, x := range t.of(d.did) {
		avps.Push(route.ClassURIFrom, prefix+x.name, x.value)
	}
	avps.Push(route.ClassURIFrom, prefix+"did", route.TextValue(d.did))
	return yes
}
