package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/rpc"
)

func event(pairs ...string) rpc.Value {
	s := new(rpc.Struct)
	for i := 0; i < len(pairs); i += 2 {
		s.Add(pairs[i], pairs[i+1])
	}
	return s
}

// TestLadder: the first peer stands left of the server, the others right of it.
func TestLadder(t *testing.T) {
	var out bytes.Buffer
	l := newLadder(&console{Writer: &out})
	at := "2026-01-02T15:04:05.000001Z"
	for _, e := range []rpc.Value{
		event("kind", "in", "callid", "1", "time", at, "remote", "192.0.2.1:5060", "text", "INVITE sip:b@x SIP/2.0\r\nVia: y\r\n\r\n"),
		event("kind", "route", "callid", "1", "time", at, "name", "ksr_request_route"),
		event("kind", "function", "callid", "1", "time", at, "name", "KSR.tm.t_relay", "args", "", "result", "1", "took", "45", "where", "routes.lua:7"),
		event("kind", "out", "callid", "1", "time", at, "remote", "192.0.2.2:5060", "text", "INVITE sip:b@192.0.2.2 SIP/2.0\r\n\r\n"),
		event("kind", "in", "callid", "1", "time", at, "remote", "192.0.2.2:5060", "text", "SIP/2.0 180 Ringing\r\n\r\n"),
		event("kind", "out", "callid", "1", "time", at, "remote", "192.0.2.1:5060", "text", "SIP/2.0 180 Ringing\r\n\r\n"),
	} {
		l.show(e)
	}
	want := `
Call-ID 1

                192.0.2.1:5060                moonroute
15:04:05.000001 ─ INVITE sip:b@x ──────────▶
                                              │ ksr_request_route
                                              │   KSR.tm.t_relay() = 1  45 us  routes.lua:7

                192.0.2.1:5060                moonroute                     192.0.2.2:5060
15:04:05.000001                               ─ INVITE sip:b@192.0.2.2 ──▶
15:04:05.000001                               ◀─ 180 Ringing ─────────────
15:04:05.000001 ◀─ 180 Ringing ─────────────
`
	if got := out.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestTraceAsJSON(t *testing.T) {
	var out bytes.Buffer
	jsonEvent(&console{Writer: &out})(event("kind", "in", "callid", "1", "text", "INVITE <x>"))
	if got := strings.TrimSpace(out.String()); got != `{"callid":"1","kind":"in","text":"INVITE <x>"}` {
		t.Error(got)
	}
}

// TestLadderIsPlain: what came from the network does not reach the terminal as an order, and what was lost is told.
func TestLadderIsPlain(t *testing.T) {
	var out bytes.Buffer
	l := newLadder(&console{Writer: &out})
	l.show(event("kind", "in", "callid", "1\x1b]0;x\a", "lost", "3", "remote", "192.0.2.1:5060", "text", "INVITE sip:\x1b[2J@x SIP/2.0\nVia: y\n\n"))
	l.show(event("kind", "function", "callid", "1\x1b]0;x\a", "lost", "3", "name", "KSR.x", "args", "\x1b[2J"))
	if got := out.String(); strings.ContainsAny(got, "\x1b\a") || strings.Contains(got, "Via") || strings.Count(got, "3 events") != 1 {
		t.Errorf("%q", got)
	}
}

// TestTraceCount: --count holds within one answer of the server too, and counts what is shown.
func TestTraceCount(t *testing.T) {
	f, shown := traceFlags{count: 2, calls: true}, 0
	err := f.follow(t.Context(), func(rpc.Value) { shown++ }, func(int64) ([]rpc.Value, error) {
		return []rpc.Value{event("number", "1", "kind", "route"), event("number", "2", "kind", "in"), event("number", "3", "kind", "out"), event("number", "4", "kind", "out")}, nil
	})
	if err != nil || shown != 2 {
		t.Errorf("%d events, %v", shown, err)
	}
}
