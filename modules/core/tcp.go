package core

import (
	"time"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) tcpInfo(c *rpc.Call) error {
	out := c.AddStruct()
	opened, queued, limit := 0, 0, 0
	secure, secureLimit := 0, 0
	if set := s.srv.Core.Transports(); set != nil {
		secure, secureLimit = int(set.Stats.SecureConns.Load()), set.Limits().MaxSecure
		for _, conn := range set.Connections() {
			opened++
			queued += conn.Queued
		}
		limit = set.Limits().MaxConns
	}
	out.Add("readers", opened).Add("max_connections", limit).Add("max_tls_connections", secureLimit).
		Add("opened_connections", opened).Add("opened_tls_connections", secure).Add("write_queued_bytes", queued)
	return nil
}

// tcpSettings are the members of core.tcp_options and the variables of group tcp of cfg.list that they show.
var tcpSettings = []struct{ member, variable string }{
	{"connect_timeout", "connect_timeout"},
	{"send_timeout", "send_timeout"},
	{"connection_lifetime", "connection_lifetime"},
	{"max_connections(soft)", "max_connections"},
	{"max_tls_connections(soft)", "max_tls_connections"},
	{"no_connect", "no_connect"},
	{"fd_cache", "fd_cache"},
	{"async", "async"},
	{"connect_wait", "connect_wait"},
	{"conn_wq_max", "conn_wq_max"},
	{"wq_max", "wq_max"},
	{"defer_accept", "defer_accept"},
	{"delayed_ack", "delayed_ack"},
	{"syncnt", "syncnt"},
	{"linger2", "linger2"},
	{"keepalive", "keepalive"},
	{"keepidle", "keepidle"},
	{"keepintvl", "keepintvl"},
	{"keepcnt", "keepcnt"},
	{"crlf_ping", "crlf_ping"},
	{"accept_aliases", "accept_aliases"},
	{"alias_flags", "alias_flags"},
	{"new_conn_alias_flags", "new_conn_alias_flags"},
}

// tcpOptions answers with the options in force, by the incumbent's names.
func (s *state) tcpOptions(c *rpc.Call) error {
	if s.srv.Core.Transports() == nil {
		return c.Fault(500, "no stream transports")
	}
	out := c.AddStruct()
	for _, x := range tcpSettings {
		v, err := s.srv.Runtime.Get(kemi.RuntimeRef{Group: "tcp"}, x.variable)
		if err != nil {
			return c.Fault(500, "no stream transports")
		}
		out.Add(x.member, v.Int64())
	}
	return nil
}

// tcpList has one struct for each connection. The table alone refers to it, so ref_count is 1.
func (s *state) tcpList(c *rpc.Call) error {
	set := s.srv.Core.Transports()
	if set == nil {
		return nil
	}
	for _, conn := range set.Connections() {
		c.AddStruct().
			Add("id", int64(conn.ID)).Add("type", conn.Proto.Upper()).Add("state", conn.State).
			Add("timeout", int64(conn.Timeout/time.Second)).
			Add("lifetime", int64(conn.Lifetime/time.Second)).
			Add("ref_count", 1).
			Add("src_ip", conn.Remote.Addr().String()).Add("src_port", int(conn.Remote.Port())).
			Add("dst_ip", conn.Local.Addr().String()).Add("dst_port", int(conn.Local.Port()))
	}
	return nil
}
