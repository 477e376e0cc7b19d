// Package db_mysql holds the settings of connections to MySQL and MariaDB servers. The
// connections themselves are core/db's.
package db_mysql

import (
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the db_mysql module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "db_mysql",
	Doc:  "Settings of the connections to MySQL and MariaDB servers (mysql://user:password@host:port/database).",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.IntParam("ping_interval", 300, func(s *state) *int { return &s.ping }, "seconds between two looks whether an idle server still answers; 0: none"),
		kemi.IntParam("timeout_interval", 2, func(s *state) *int { return &s.timeout }, "a third of the seconds that a statement may take"),
		kemi.IntParam("connect_timeout", 2, func(s *state) *int { return &s.connect }, "seconds in which a connection must be made"),
		kemi.IntParam("send_timeout", 0, func(s *state) *int { return &s.send }, "seconds in which the server must take what is sent to it; 0: the time of a statement"),
		kemi.IntParam("receive_timeout", 0, func(s *state) *int { return &s.receive }, "seconds in which the server must begin to answer; 0: the time of a statement"),
		kemi.IntParam("opt_ssl_mode", 0, func(s *state) *int { return &s.tls }, "TLS: 0 and 1 none, 2 if the server has it, 3 always, 4 with a certificate of a known authority, 5 with one of the server's own name").Within(0, int(db.TLSVerifyIdentity)),
		kemi.StrParam("opt_ssl_ca", "", func(s *state) *string { return &s.authorities }, "file with the certificates of the authorities that opt_ssl_mode 4 and 5 know; empty: the system's"),
		accepted("retries", 1, "accepted; a statement that finds a stale connection or a lock is repeated in any case"),
		accepted("auto_reconnect", 1, "accepted; a lost connection is always made again"),
		accepted("server_timezone", 0, "accepted; times are those of this server's time zone"),
		accepted("insert_delayed", 0, "accepted; inserts that arrive together are one statement in any case"),
		accepted("update_affected_found", 0, "accepted; the rows of an update are always those that it found"),
		accepted("unsigned_type", 0, "accepted; numbers have 64 bits in any case"),
	},
})

// state is the settings of one server.
type state struct {
	ping, timeout, connect, send, receive int
	tls                                   int
	authorities                           string
	unused                                int
}

func accepted(name string, def int, doc string) kemi.Param[state] {
	return kemi.IntParam(name, def, func(s *state) *int { return &s.unused }, doc)
}

// timeoutParts is how often the client library of the incumbent waits for timeout_interval
// before it gives a statement up.
const timeoutParts = 3

// TuneDatabase implements kemi.DatabaseTuner.
func (s *state) TuneDatabase(u db.URL, o *db.Options) {
	if u.Driver != "mysql" {
		return
	}
	if s.timeout > 0 {
		o.Timeout = timeoutParts * seconds(s.timeout)
	}
	o.Ping = seconds(s.ping)
	o.MySQL = db.MySQLOptions{
		Connect: seconds(s.connect), Send: seconds(s.send), Receive: seconds(s.receive),
		TLS: db.TLSMode(s.tls), Authorities: s.authorities,
	}
}

func seconds(n int) time.Duration { return time.Duration(max(n, 0)) * time.Second }
