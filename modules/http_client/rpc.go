package http_client

import "github.com/moonroute/moonroute/core/rpc"

// list shows the connections, without their passwords.
func (s *state) list(call *rpc.Call) error {
	for _, name := range s.names {
		c := s.cons[name]
		call.AddStruct().Struct("CONNECTION").
			Add("NAME", c.name).Add("URI", c.url).Add("USERNAME", c.user).Add("FAILOVER", c.failover).
			Add("CACERT", c.caFile).Add("TLSVERSION", c.tlsVersion).Add("VERIFY_PEER", c.verifyPeer).Add("VERIFY_HOST", c.verifyHost).
			Add("TIMEOUT", c.timeout).Add("MAXDATASIZE", c.maxBody).Add("HTTP_REDIRECT", c.redirect)
	}
	return nil
}
