package core

import (
	"time"

	"github.com/moonroute/moonroute/core/rpc"
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

// tcpSettings are the members of core.tcp_options that are a parameter's value, with the value if it is not set.
var tcpSettings = []struct {
	member, param string
	unset         int64
}{
	{"defer_accept", "tcp_defer_accept", 0},
	{"delayed_ack", "tcp_delayed_ack", 1},
	{"syncnt", "tcp_syncnt", 0},
	{"linger2", "tcp_linger2", 0},
	{"keepalive", "tcp_keepalive", 1},
	{"keepidle", "tcp_keepidle", 0},
	{"keepintvl", "tcp_keepintvl", 0},
	{"keepcnt", "tcp_keepcnt", 0},
	{"crlf_ping", "tcp_crlf_ping", 1},
	{"accept_aliases", "tcp_accept_aliases", 0},
}

// The incumbent's numbers for what an alias does if its port leads to another connection already.
const (
	aliasKeeps    = 0 // one that a peer asks for: the other connection keeps it
	aliasReplaces = 2 // the own port of a new connection: it is used before the older one
)

// tcpOptions answers with the options in force, by the incumbent's names.
func (s *state) tcpOptions(c *rpc.Call) error {
	set := s.srv.Core.Transports()
	if set == nil {
		return c.Fault(500, "no stream transports")
	}
	l, cfg := set.Limits(), s.srv.Config
	queues := cfg.Int("tcp_buf_write", 1)
	out := c.AddStruct().
		Add("connect_timeout", int64(l.Connect/time.Second)).
		Add("send_timeout", int64(l.Send/time.Second)).
		Add("connection_lifetime", int64(l.Lifetime/time.Second)).
		Add("max_connections(soft)", l.MaxConns).
		Add("max_tls_connections(soft)", l.MaxSecure).
		Add("no_connect", cfg.Int("tcp_no_connect", 0)).
		Add("fd_cache", cfg.Int("tcp_fd_cache", 1)).
		Add("async", queues).
		Add("connect_wait", queues).
		Add("conn_wq_max", l.ConnQueue).
		Add("wq_max", l.TotalQueue)
	for _, x := range tcpSettings {
		out.Add(x.member, cfg.Int(x.param, x.unset))
	}
	out.Add("alias_flags", aliasKeeps).Add("new_conn_alias_flags", aliasReplaces)
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
