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
