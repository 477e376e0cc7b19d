package tls

import (
	"time"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "tls.info", Run: (*state).info, Doc: "counters of secured connections"},
	{Name: "tls.list", Run: (*state).list, Array: true, Doc: "the secured connections"},
	{Name: "tls.options", Run: (*state).options, Doc: "the module's parameters"},
	{Name: "tls.reload", Run: (*state).reload, Delta: true, Doc: "read the file of profiles, certificates and keys again: all of it or, after an error, nothing; connections stay open"},
	{Name: "tls.kill", Run: (*state).kill, Doc: "close the secured connection with an ID"},
}

func (s *state) info(c *rpc.Call) error {
	opened, queued, limit := int64(0), 0, 0
	if set := s.set(); set != nil {
		opened, limit = set.Stats.SecureConns.Load(), set.Limits().MaxSecure
		for _, conn := range s.connections() {
			queued += conn.Queued
		}
	}
	c.AddStruct().Add("max_connections", limit).Add("opened_connections", opened).Add("clear_text_write_queued_bytes", queued)
	return nil
}

// connections are the secured ones.
func (s *state) connections() (list []transport.ConnInfo) {
	if s.set() == nil {
		return nil
	}
	for _, conn := range s.set().Connections() {
		if conn.Proto.Secure() {
			list = append(list, conn)
		}
	}
	return list
}

func (s *state) list(c *rpc.Call) error {
	for _, conn := range s.connections() {
		cipher, flags, state := "unknown", 0, "handshake"
		if sec := s.set().Secured(conn.ID); sec != nil {
			cipher, flags, state = (&view{state: &sec.State}).cipher().description(), established, "established"
		}
		c.AddStruct().
			Add("id", int64(conn.ID)).Add("timeout", int64(conn.Timeout/time.Second)).
			Add("src_ip", conn.Remote.Addr().String()).Add("src_port", int(conn.Remote.Port())).
			Add("dst_ip", conn.Local.Addr().String()).Add("dst_port", int(conn.Local.Port())).
			Add("cipher", cipher).Add("ct_wq_size", conn.Queued).Add("enc_rd_buf", 0).Add("flags", flags).Add("state", state)
	}
	return nil
}

// established is the incumbent's flag of a connection whose handshake has ended.
const established = 2

func methodName(v versions) string {
	for name, known := range methods {
		if known == v && name != "SSLv23" {
			return name
		}
	}
	return "TLSv1.2+"
}

func clientRuleName(r clientRule) string {
	for name, known := range clientRules {
		if known == r {
			return name
		}
	}
	return "off"
}

func asNumber(c choice) int {
	if c == on {
		return 1
	}
	return 0
}

func orNull(text string) string {
	if text == "" {
		return "<null string>"
	}
	return text
}

func (s *state) reload(c *rpc.Call) error {
	if s.rules.Load() == nil {
		return c.Fault(500, "TLS is not enabled: enable_tls=yes")
	}
	if s.profilesFile() == "" {
		return c.Fault(500, "No TLS configuration file configured")
	}
	r, err := s.load()
	if err != nil {
		s.server.Log.Error("tls", "reload: "+err.Error()+"; the profiles stay as they are")
		return c.Fault(500, "Error while loading TLS configuration file: %s", err)
	}
	s.rules.Store(r)
	c.Add("Ok. TLS configuration reloaded.")
	return nil
}

func (s *state) kill(c *rpc.Call) error {
	id, err := c.Int(0)
	if err != nil {
		return err
	}
	for _, conn := range s.connections() {
		if int64(conn.ID) == id && s.set().CloseConnection(conn.ID) {
			return nil
		}
	}
	return c.Fault(404, "there is no secured connection with this ID")
}
