// Package trace tests that a call can be followed through a whole server.
package trace

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/trace"
	"github.com/moonroute/moonroute/tests/inproc"
)

const configuration = `
debug=0
listen=udp:127.0.0.1:PORT
loadmodule "pv.so"
loadmodule "sl.so"
loadmodule "maxfwd.so"
loadmodule "auth.so"
loadmodule "app_lua.so"
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

const script = `
function ksr_request_route()
	local n = 10
	KSR.maxfwd.process_maxfwd(n)
	KSR.auth.pv_www_authenticate("realm", "secret!", 0)
	KSR.pv.sets("$var(x)", KSR.pv.get("$rU"))
	KSR.sl.sl_send_reply(200, "OK")
end
`

// TestFollowing: the messages of the chosen user, and between them what the script did; passwords are not shown.
func TestFollowing(t *testing.T) {
	s := inproc.Start(t, inproc.Options{Config: configuration, Defines: []string{"PORT=" + inproc.FreePort(t)}, Files: []inproc.File{{Name: "routes.lua", Text: script}}})
	id, err := s.Trace.Start(trace.Filter{User: "bob"})
	if err != nil {
		t.Fatal(err)
	}
	p := s.Peer("127.0.0.1:0")
	p.Ask("OPTIONS", "sip:carol@example.com")
	p.Ask("OPTIONS", "sip:bob@example.com")
	want := `in OPTIONS sip:bob@example.com SIP/2.0
route ksr_request_route
function KSR.maxfwd.process_maxfwd(10) = 1 routes.lua:4
function KSR.auth.pv_www_authenticate("realm", ***, 0) = -5 routes.lua:5
function KSR.pv.get("$rU") = "bob" routes.lua:6
function KSR.pv.sets("$var(x)", "bob") = true routes.lua:6
out SIP/2.0 200 OK
function KSR.sl.sl_send_reply(200, "OK") = 1 routes.lua:7
`
	got := ""
	inproc.Eventually(t, "the last function's result", func() bool {
		events, _, err := s.Trace.Read(id, 0)
		if err != nil {
			t.Fatal(err)
		}
		got = text(events)
		return strings.Count(got, "\n") >= 8
	})
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if err := s.Trace.Stop(id); err != nil || s.Trace.On() {
		t.Errorf("it goes on: %v", err)
	}
}

func text(events []trace.Event) string {
	var b strings.Builder
	for _, e := range events {
		switch e.Kind {
		case trace.In, trace.Out:
			line, _, _ := strings.Cut(e.Text, "\r\n")
			fmt.Fprintf(&b, "%s %s\n", e.Kind, line)
		case trace.Route:
			fmt.Fprintf(&b, "%s %s\n", e.Kind, e.Name)
		case trace.Function:
			fmt.Fprintf(&b, "%s %s(%s) = %s %s\n", e.Kind, e.Name, e.Args, e.Result, e.Where[strings.LastIndexByte(e.Where, '/')+1:])
		}
	}
	return b.String()
}
