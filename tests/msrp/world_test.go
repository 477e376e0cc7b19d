package msrp

import (
	"fmt"
	"testing"

	"github.com/moonroute/moonroute/tests/inproc"
)

// script relays for everybody, with the sessions of the module and without passwords.
const script = `
function ksr_request_route()
	KSR.sl.sl_send_reply(403, "No SIP Here")
end

function ksr_msrp_event(evname)
	if KSR.msrp.is_reply() > 0 then
		return 1
	end
	local method = KSR.pv.get("$msrp(method)")
	if method == "AUTH" then
		KSR.msrp.cmap_save()
	elseif KSR.pv.get("$msrp(nexthops)") > 1 then -- the sender's own relay, which is this one too
		if method == "SEND" then
			KSR.msrp.reply(200, "OK", "")
		end
		KSR.msrp.relay()
	elseif KSR.msrp.cmap_lookup() > 0 then
		if method == "SEND" then
			KSR.msrp.reply(200, "OK", "")
		end
		KSR.msrp.relay_flags(1)
		KSR.msrp.relay()
	elseif method == "SEND" then
		KSR.msrp.reply(481, "Session-does-not-exist", "")
	end
	return 1
end
`

const configuration = `
debug=2
listen=tcp:127.0.0.1:PORT
tcp_max_connections=8000
tcp_accept_iplimit=8000
loadmodule "pv.so"
loadmodule "sl.so"
loadmodule "auth.so"
loadmodule "tm.so"
loadmodule "msrp.so"
loadmodule "app_lua.so"
modparam("msrp", "event_callback", "ksr_msrp_event")
modparam("msrp", "cmap_size", 10)
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

func start(t testing.TB) *inproc.Server {
	t.Helper()
	return startWith(t, script)
}

func startWith(t testing.TB, script string) *inproc.Server {
	t.Helper()
	return inproc.Start(t, inproc.Options{Config: configuration, Defines: []string{"PORT=" + inproc.FreePort(t)}, Files: []inproc.File{{Name: "routes.lua", Text: script}}})
}

// session is a peer with a path of its own.
func session(t testing.TB, s *inproc.Server) (p *inproc.Stream, path string) {
	t.Helper()
	p = s.Stream()
	return p, granted(t, p)
}

// granted is the path of a new session.
func granted(t testing.TB, p *inproc.Stream) string {
	t.Helper()
	f := p.Ask("auth", "AUTH", "msrp://relay;tcp", "")
	path := f.Header("Use-Path")
	if f.Code != 200 || path == "" {
		t.Fatalf("no session:\n%s", f.Raw)
	}
	return path
}

// headers are those of the n-th message of a session.
func headers(n, size int) string {
	return fmt.Sprintf("Message-ID: m%d\nByte-Range: 1-%d/%d\nFailure-Report: no\nContent-Type: text/plain\n", n, size, size)
}
