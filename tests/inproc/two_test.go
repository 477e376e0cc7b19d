package inproc_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/moonroute/moonroute/tests/inproc"
)

const twoConfig = `#!KAMAILIO
listen=udp:127.0.0.1:PORT
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "htable.so"
loadmodule "app_lua.so"
modparam("htable", "htable", "seen=>size=4;")
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// TestTwoServers runs two servers in one process at the same time, with different scripts and
// shared tables of the same name. Neither may see anything of the other.
func TestTwoServers(t *testing.T) {
	var wait sync.WaitGroup
	for _, name := range []string{"first", "second"} {
		s := inproc.Start(t, inproc.Options{
			Config: twoConfig, Defines: []string{"PORT=" + inproc.FreePort(t)},
			Files: []inproc.File{{Name: "routes.lua", Text: fmt.Sprintf(`
				function ksr_request_route()
					KSR.pv.seti("$sht(seen=>%[1]s)", 1)
					local others = KSR.pv.get("$sht(seen=>%[2]s)")
					KSR.sl.sl_send_reply(200, "%[1]s " .. tostring(others))
				end`, name, map[string]string{"first": "second", "second": "first"}[name])}},
		})
		peer := s.Peer("127.0.0.1:0")
		wait.Go(func() {
			for range 200 {
				if got := inproc.StartLine(peer.Ask("OPTIONS", "sip:127.0.0.1")); got != "SIP/2.0 200 "+name+" nil" {
					t.Errorf("%s answers %q", name, got)
					return
				}
			}
		})
	}
	wait.Wait()
}
