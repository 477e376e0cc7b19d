package kemi

import (
	"fmt"
	"math"
	"time"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/transport"
)

// tcpVar is a variable of group tcp of cfg.list.
type tcpVar struct {
	name, doc string
	// Of one that may change while the server runs, with the least and the most it may be.
	get         func(*transport.Tuning) int
	set         func(*transport.Tuning, int)
	least, most int
	// Of one that may not: the parameter, and what it is if that is not set.
	param string
	unset int64
}

// tcpTime is a number of seconds; -1 lifts the limit.
func tcpTime(name string, field func(*transport.Tuning) *time.Duration, doc string) tcpVar {
	return tcpVar{
		name: name, doc: doc, least: -1, most: int(forEver / time.Second),
		get: func(t *transport.Tuning) int {
			if d := *field(t); d < forEver {
				return int(d / time.Second)
			}
			return -1
		},
		set: func(t *transport.Tuning, n int) {
			*field(t) = seconds(int64(n))
			if n < 0 {
				*field(t) = forEver
			}
		},
	}
}

// tcpCount is a limit; 0 is its default.
func tcpCount(name string, field func(*transport.Tuning) *int, doc string) tcpVar {
	return tcpVar{
		name: name, doc: doc, most: math.MaxInt32,
		get: func(t *transport.Tuning) int { return *field(t) },
		set: func(t *transport.Tuning, n int) { *field(t) = n },
	}
}

// tcpSwitch is 1 where field is on.
func tcpSwitch(name string, field func(*transport.Tuning) *bool, on bool, doc string) tcpVar {
	return tcpVar{
		name: name, doc: doc, most: 1,
		get: func(t *transport.Tuning) int {
			if *field(t) == on {
				return 1
			}
			return 0
		},
		set: func(t *transport.Tuning, n int) { *field(t) = (n == 1) == on },
	}
}

// tcpFixed is a parameter that counts from the start of the server on.
func tcpFixed(name string, unset int64, doc string) tcpVar {
	return tcpVar{name: name, doc: doc, param: "tcp_" + name, unset: unset}
}

// called has a parameter of another name.
func (x tcpVar) called(param string) tcpVar {
	x.param = param
	return x
}

// tcpVars are in the incumbent's order.
var tcpVars = []tcpVar{
	tcpTime("connect_timeout", func(t *transport.Tuning) *time.Duration { return &t.Connect }, "seconds to open a connection"),
	tcpTime("send_timeout", func(t *transport.Tuning) *time.Duration { return &t.Send }, "seconds for queued bytes to go out"),
	tcpTime("connection_lifetime", func(t *transport.Tuning) *time.Duration { return &t.Lifetime }, "seconds that a connection may be idle"),
	tcpCount("max_connections", func(t *transport.Tuning) *int { return &t.MaxConns }, "most connections"),
	tcpCount("max_tls_connections", func(t *transport.Tuning) *int { return &t.MaxSecure }, "most secured ones out of these"),
	tcpSwitch("no_connect", func(t *transport.Tuning) *bool { return &t.NoConnect }, true, "connections are accepted, never opened"),
	tcpFixed("fd_cache", 1, "without effect"),
	tcpFixed("async", 1, "a request does not wait for its connection to open").called("tcp_buf_write"),
	tcpFixed("connect_wait", 1, "the same").called("tcp_buf_write"),
	tcpCount("conn_wq_max", func(t *transport.Tuning) *int { return &t.ConnQueue }, "most bytes that wait on a connection"),
	tcpCount("wq_max", func(t *transport.Tuning) *int { return &t.TotalQueue }, "most bytes that wait on all connections"),
	tcpFixed("defer_accept", 0, "a connection is accepted with its first bytes"),
	tcpFixed("delayed_ack", 1, "the ACK that opens a connection goes with the first message"),
	tcpFixed("syncnt", 0, "attempts to open a connection; 0: the system's"),
	tcpFixed("linger2", 0, "seconds that a closed connection waits for the peer; 0: the system's"),
	tcpFixed("keepalive", 1, "silent peers are probed"),
	tcpFixed("keepidle", 0, "seconds of silence before the first probe; 0: the system's"),
	tcpFixed("keepintvl", 0, "seconds between probes; 0: the system's"),
	tcpFixed("keepcnt", 0, "probes without an answer that end a connection; 0: the system's"),
	tcpSwitch("crlf_ping", func(t *transport.Tuning) *bool { return &t.NoPong }, false, "CRLF CRLF is answered"),
	tcpFixed("accept_aliases", 0, "peers may name further ports of theirs"),
	tcpFixed("alias_flags", 0, "0: an alias takes no port from another connection").called(""),
	tcpFixed("new_conn_alias_flags", 2, "2: a new connection is used before older ones").called(""),
	tcpSwitch("accept_no_cl", func(t *transport.Tuning) *bool { return &t.AcceptNoCL }, true, "messages need no Content-Length, on connections that begin from now on"),
	tcpFixed("reuse_port", 0, "connections are opened from the port of their socket"),
	tcpFixed("wait_data_ms", 5000, "without effect").called("tcp_wait_data"),
	tcpFixed("rd_buf_size", 16384, "largest body of a message, if more than 256 KiB"),
	tcpFixed("wq_blk_size", 2100, "without effect"),
}

// tcpRuntime makes the variables of a server's transports.
func tcpRuntime(set *transport.Set, cfg *config.Config) []RuntimeVar {
	var vars []RuntimeVar
	for _, x := range tcpVars {
		v := RuntimeVar{Name: x.name, Kind: KindInt, Doc: x.doc}
		if x.set == nil {
			v.Get = func() Value { return Int64(cfg.Int(x.param, x.unset)) }
		} else {
			v.Get = func() Value { t := set.Tuning(); return Int(x.get(&t)) }
			v.Set = func(n Value) error { return x.change(set, n.Int()) }
		}
		vars = append(vars, v)
	}
	return vars
}

func (x *tcpVar) change(set *transport.Set, n int) error {
	if n < x.least || n > x.most {
		return fmt.Errorf("%d is not from %d to %d", n, x.least, x.most)
	}
	set.Tune(func(t *transport.Tuning) { x.set(t, n) })
	return nil
}
