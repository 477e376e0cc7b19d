package control

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/tests/inproc"
)

// The script sees what an operator changes, without a reload.
func TestScriptReadsRuntimeConfiguration(t *testing.T) {
	s := inproc.Start(t, inproc.Options{
		Config: "listen=udp:127.0.0.1:" + inproc.FreePort(t) + `;
pstn.gw_ip = "192.0.2.1" desc "gateway"
loadmodule "pv.so"
loadmodule "sl.so"
loadmodule "maxfwd.so"
loadmodule "app_lua.so"
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`,
		Files: []inproc.File{{Name: "routes.lua", Text: `function ksr_request_route()
	KSR.maxfwd.process_maxfwd(70)
	KSR.sl.sl_send_reply(200, KSR.pv.getw("$sel(cfg_get.pstn.gw_ip)") .. KSR.pv.getw("$sel(cfg_get.pstn.nosuch)"))
end
`}},
	})
	alice := s.Peer("127.0.0.1:0")
	for _, ip := range []string{"192.0.2.1", "192.0.2.2"} {
		if err := s.Runtime.Set(kemi.RuntimeRef{Group: "pstn"}, "gw_ip", kemi.Str(ip)); err != nil {
			t.Fatal(err)
		}
		if got := inproc.StartLine(alice.Ask("OPTIONS", "sip:example.test")); got != "SIP/2.0 200 "+ip+"<null>" {
			t.Errorf("the script saw %q, want %s", got, ip)
		}
	}
	limit := kemi.RuntimeRef{Group: "maxfwd"}
	if err := s.Runtime.Set(limit, "max_limit", kemi.Int(300)); err == nil || !strings.Contains(err.Error(), "from 0 to 255") {
		t.Errorf("maxfwd.max_limit = 300: %v", err)
	}
	if x, err := s.Runtime.Get(limit, "max_limit"); err != nil || x.Int() != 70 {
		t.Errorf("maxfwd.max_limit is %v %v", x, err)
	}
}
