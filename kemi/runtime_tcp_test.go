package kemi

import (
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/transport"
)

// TestTCPRuntime: what operators set, whether it is taken, and what they read then.
func TestTCPRuntime(t *testing.T) {
	set := transport.New(transport.Options{})
	r := newRuntime()
	r.Add("tcp", tcpRuntime(set, parameters(t, "tcp_keepidle=7\n"))...)
	for _, x := range []struct {
		name        string
		before, set int
		taken       bool
		after       int
	}{
		{"connection_lifetime", 120, 60, true, 60},
		{"connection_lifetime", 60, -1, true, -1},
		{"connection_lifetime", -1, -2, false, -1},
		{"send_timeout", 10, 0, true, 10},
		{"max_connections", 2048, 10, true, 10},
		{"max_connections", 10, -1, false, 10},
		{"no_connect", 0, 1, true, 1},
		{"no_connect", 1, 7, false, 1},
		{"crlf_ping", 1, 0, true, 0},
		{"accept_no_cl", 0, 1, true, 1},
		{"keepidle", 7, 8, false, 7},
		{"new_conn_alias_flags", 2, 1, false, 2},
	} {
		ref := RuntimeRef{Group: "tcp"}
		if got, err := r.Get(ref, x.name); err != nil || got.Int() != x.before {
			t.Errorf("%s is %v at first, want %d: %v", x.name, got, x.before, err)
		}
		if err := r.Set(ref, x.name, Int(x.set)); (err == nil) != x.taken {
			t.Errorf("%s=%d: %v", x.name, x.set, err)
		}
		if got, _ := r.Get(ref, x.name); got.Int() != x.after {
			t.Errorf("%s=%d: %v, want %d", x.name, x.set, got, x.after)
		}
	}
	now := set.Tuning()
	if now.Lifetime != forEver || now.Send != 10*time.Second || now.MaxConns != 10 || !now.NoConnect || !now.NoPong || !now.AcceptNoCL {
		t.Errorf("%+v", now)
	}
	if err := r.Reset("tcp"); err != nil || set.Tuning().Lifetime != 120*time.Second || set.Tuning().NoConnect {
		t.Errorf("after the reset: %+v, %v", set.Tuning(), err)
	}
}
