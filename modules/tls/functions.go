package tls

import (
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var functions = kemi.Funcs[state]{
	{Name: "is_peer_verified", Returns: kemi.Code, Call: (*state).isPeerVerified, Doc: "1: the message came over TLS and its peer presented a certificate that passed; -1: not so"},
	{Name: "set_connect_server_id", Args: "id str", Returns: kemi.Code, Call: (*state).setServerID, Doc: "server_id of the profile for the next connection that this message opens; empty: none"},
	{Name: "cget", Args: "attribute str", Returns: kemi.AnyValue, Call: (*state).cget, Doc: "what a variable of this module has, by its name without the dollar: tls_version; an empty text for null"},
}

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

func (s *state) isPeerVerified(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if v := s.view(c); v != nil && v.session.verdict == verified {
		return yes
	}
	return no
}

// connectID is the AVP that holds what set_connect_server_id said. Its value is the module's own, which
// scripts see as null.
const connectID = "tls:connect_server_id"

func (s *state) setServerID(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg == nil {
		return no
	}
	avps := &c.Msg.AVPs().AVP
	avps.RemoveAll(route.ClassGlobal, connectID)
	if id := a.Str(0); id != "" {
		avps.Push(route.ClassGlobal, connectID, route.Value{Data: id})
	}
	return yes
}

func (s *state) cget(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	get := attributes[a.Str(0)]
	if get == nil {
		c.Log(log.Warn, "tls", "unknown attribute: "+a.Str(0))
		return kemi.Str("")
	}
	if v := s.view(c); v != nil {
		if x := get(v); x != "" {
			return kemi.Str(x)
		}
	}
	return kemi.Str("")
}
