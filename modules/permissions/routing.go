package permissions

import (
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// allowRouting checks the pairs of the From URI with the URI of each branch.
func (s *state) allowRouting(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if s.allow.empty() && s.deny.empty() {
		return yes
	}
	if c.Msg == nil || !c.Msg.IsRequest {
		return no
	}
	from, err := c.Msg.From()
	if err != nil {
		c.Log(log.Err, "permissions", "allow_routing: From: "+err.Error())
		return no
	}
	if !s.mayRoute(c, from.URIText, c.Msg.CurrentURI()) {
		return no
	}
	if s.checkAllBranches == 0 {
		return yes
	}
	for i := range c.Msg.Branches {
		if !s.mayRoute(c, from.URIText, c.Msg.Branches[i].URI) {
			return no
		}
	}
	return yes
}

func (s *state) mayRoute(c *kemi.Ctx, from, uri string) bool {
	var u sip.URI
	if err := u.Parse(uri); err != nil {
		c.Log(log.Err, "permissions", "allow_routing: "+uri+": "+err.Error())
		return false
	}
	return s.mayPair(from, "sip:"+u.User+"@"+u.Host)
}

// mayPair tells what the files say of a pair: what allows it comes first, then what denies it.
func (s *state) mayPair(left, right string) bool {
	return s.allow.matches(left, right) || !s.deny.matches(left, right)
}
