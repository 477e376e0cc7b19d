package db_mysql

import (
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func tuned(t *testing.T, url, text string) db.Options {
	t.Helper()
	h, err := kemitest.New(t, text, Module)
	if err != nil {
		t.Fatal(err)
	}
	u, err := db.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	o := db.DefaultOptions()
	h.Registry.Module("db_mysql").State.(kemi.DatabaseTuner).TuneDatabase(u, &o)
	return o
}

func TestSettings(t *testing.T) {
	o := tuned(t, "mysql://a@b/c", "")
	if o.Timeout != 6*time.Second || o.Ping != 300*time.Second || o.MySQL != (db.MySQLOptions{Connect: 2 * time.Second}) {
		t.Errorf("defaults: %+v", o)
	}
	o = tuned(t, "mysql://a@b/c", `modparam("db_mysql", "timeout_interval", 1)
modparam("db_mysql", "ping_interval", 0)
modparam("db_mysql", "connect_timeout", 7)
modparam("db_mysql", "send_timeout", 8)
modparam("db_mysql", "receive_timeout", 9)
modparam("db_mysql", "opt_ssl_mode", 5)
modparam("db_mysql", "opt_ssl_ca", "/ca.pem")
modparam("db_mysql", "retries", 3)
modparam("db_mysql", "auto_reconnect", 0)`)
	want := db.MySQLOptions{Connect: 7 * time.Second, Send: 8 * time.Second, Receive: 9 * time.Second, TLS: db.TLSVerifyIdentity, Authorities: "/ca.pem"}
	if o.Timeout != 3*time.Second || o.Ping != 0 || o.MySQL != want {
		t.Errorf("%+v", o)
	}
	if o := tuned(t, "sqlite:///x", `modparam("db_mysql", "timeout_interval", 1)`); o.Timeout != db.DefaultOptions().Timeout {
		t.Error("SQLite was tuned too")
	}
}

func TestWrongSettings(t *testing.T) {
	if _, err := kemitest.New(t, `modparam("db_mysql", "opt_ssl_mode", 6)`, Module); err == nil || !strings.Contains(err.Error(), "from 0 to 5") {
		t.Error(err)
	}
}
