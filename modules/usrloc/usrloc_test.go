package usrloc

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/stat"
	"github.com/moonroute/moonroute/kemi"
)

func newState(t *testing.T) (*state, *rpc.Registry, *clock.Manual) {
	t.Helper()
	c := clock.NewManual(time.Unix(1_000_000, 0))
	server := &kemi.Server{Clock: c, Log: log.Discard(), Location: location.New(c, "1"), Stats: stat.NewRegistry()}
	s := &state{server: server, location: server.Location, hashSize: 10, natFlag: 6}
	if err := s.addTable("location"); err != nil {
		t.Fatal(err)
	}
	registry := rpc.NewRegistry()
	for _, row := range commands {
		if err := registry.Add(rpc.Command{Name: row.Name, Run: func(call *rpc.Call) error { return row.Run(s, call) }}); err != nil {
			t.Fatal(err)
		}
	}
	return s, registry, c
}

// plain turns a result into text: {name:value …} and […].
func plain(v rpc.Value) string {
	var b strings.Builder
	switch x := v.(type) {
	case *rpc.Struct:
		for name, v := range x.All {
			b.WriteString(" " + name + ":" + plain(v))
		}
		return "{" + strings.TrimPrefix(b.String(), " ") + "}"
	case *rpc.List:
		for name, v := range x.All {
			b.WriteString(" " + name + plain(v))
		}
		return "[" + strings.TrimPrefix(b.String(), " ") + "]"
	case string:
		return x
	case int64:
		return kemi.Int64(x).Text()
	case float64:
		return kemi.Int(int(x*1000)).Text() + "/1000"
	}
	return "?"
}

func TestCommands(t *testing.T) {
	_, registry, clock := newState(t)
	cases := []struct {
		name   string
		params []rpc.Value
		want   string // a part of the result, or the fault
	}{
		{"ul.lookup", []rpc.Value{"location", "alice"}, "500 AOR not found in location table"},
		{"ul.lookup", []rpc.Value{"location"}, "500 Not enough parameters (table and AOR to lookup)"},
		{"ul.lookup", []rpc.Value{"nosuch", "alice"}, "500 Domain table not found"},
		{"ul.add", []rpc.Value{"location", "Alice@a.test", "sip:a@h", 60, 0.5, "", 0, 64, 4095}, ""},
		{"ul.add", []rpc.Value{"location", "alice", "sip:b@h", 0, 1.0, "<sip:p;lr>", 0, 0, 4095, "sip:r"}, ""},
		{"ul.add", []rpc.Value{"location", "alice"}, "500 Not enough parameters or wrong format"},
		{"ul.lookup", []rpc.Value{"location", "ALICE"}, "{AoR:alice Contacts:[Contact{Address:sip:b@h Expires:permanent Q:1 "},
		{"ul.lookup", []rpc.Value{"location", "alice"}, "Received:sip:r Path:<sip:p;lr> State:CS_NEW Flags:0 CFlags:0 Socket:[not set] Methods:4095"},
		{"ul.lookup", []rpc.Value{"location", "alice"}, "Contact{Address:sip:a@h Expires:60 Q:500/1000 "},
		{"ul.lookup", []rpc.Value{"location", "alice"}, "Reg-Id:0 Server-Id:0 Tcpconn-Id:-1 Keepalive:1 "},
		{"ul.dump", []rpc.Value{"brief"}, "{Domains:[Domain{Domain:location Size:1024 AoRs:[AoRalice] Stats:{Records:1 Max-Slots:1}}]}"},
		{"ul.dump", nil, "AoRs:[Info{AoR:alice HashID:"},
		{"ul.dump", []rpc.Value{"full", 0, 1}, "AoRs:[Info{AoR:alice HashID:"},
		{"ul.dump", []rpc.Value{"full", 3, 3}, "500 Wrong part"},
		{"ul.dump", []rpc.Value{"full", 2, 2}, "500 Wrong part"},
		{"ul.dump", []rpc.Value{"full", 2}, "500 Wrong part"},
		{"ul.rm_contact", []rpc.Value{"location", "alice", "sip:c@h"}, "404 Contact not found"},
		{"ul.rm_contact", []rpc.Value{"location", "bob", "sip:c@h"}, "404 AOR not found"},
		{"ul.rm_contact", []rpc.Value{"location", "alice", "sip:b@h"}, ""},
		{"ul.rm", []rpc.Value{"location", "alice"}, ""},
		{"ul.rm", []rpc.Value{"location", "alice"}, ""},
		{"ul.dump", []rpc.Value{"brief"}, "AoRs:[] Stats:{Records:0 Max-Slots:0}"},
		{"ul.flush", nil, ""},
		{"ul.db_users", nil, "500 Command is not supported in db_mode=0"},
	}
	for _, tc := range cases {
		got := run(registry, tc.name, tc.params)
		if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
			t.Errorf("%s %v: %s\nwant %s", tc.name, tc.params, got, tc.want)
		}
	}
	clock.Advance(time.Hour)
}

func run(registry *rpc.Registry, name string, params []rpc.Value) string {
	result, err := registry.Run(context.Background(), name, params)
	var fault *rpc.Fault
	if errors.As(err, &fault) {
		return kemi.Int(fault.Code).Text() + " " + fault.Message
	}
	if err != nil || len(result.Values) == 0 {
		return ""
	}
	return plain(result.Values[0])
}

func TestStatistics(t *testing.T) {
	s, registry, clock := newState(t)
	run(registry, "ul.add", []rpc.Value{"location", "alice", "sip:a@h", 60, 0.5, "", 0, 0, 4095})
	run(registry, "ul.add", []rpc.Value{"location", "bob", "sip:b@h", 0, 0.5, "", 0, 0, 4095})
	clock.Advance(time.Minute)
	s.location.Table("location").Expire(s.now())
	for name, want := range map[string]int64{"location_users": 1, "location_contacts": 1, "location_expires": 1} {
		e, ok := s.server.Stats.Get("usrloc", name)
		if !ok || e.Stat.Value() != want {
			t.Errorf("%s: %v, want %d", name, e, want)
		}
	}
	if s.registered() != 1 {
		t.Error(s.registered())
	}
}

func TestRefusedSettings(t *testing.T) {
	for want, set := range map[string]func(*state){
		"db_mode=5":       func(s *state) { s.dbMode = 5 },
		"matching_mode=9": func(s *state) { s.matchingMode = 9 },
		"hash_size=0":     func(s *state) { s.hashSize = 0 },
	} {
		s := &state{hashSize: 10}
		set(s)
		if err := s.Start(&kemi.Server{}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
