package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/tests/inproc"
)

const msrpConfig = `
loadmodule "msrp"
modparam("msrp", "event_callback", "ksr_msrp_event")
`

const msrpRoutes = `
function ksr_msrp_event(evname)
	KSR.msrp.reply(200, "OK", "X-From: " .. KSR.pv.get("$pr") .. "\r\n")
	return 1
end
`

// TestMSRPOverWebSocket: the script has the frames of a page in hand, and its replies go back as messages.
func TestMSRPOverWebSocket(t *testing.T) {
	o := socketOptions(t, msrpConfig)
	o.Files[0].Text += msrpRoutes
	s := inproc.Start(t, o)
	for _, p := range []flow.Proto{flow.TCP, flow.WS} {
		w := s.Upgrade(p, inproc.Handshake("/", "msrp"))
		if w.Response.StatusCode != http.StatusSwitchingProtocols || w.Response.Header.Get("Sec-Websocket-Protocol") != "msrp" {
			t.Fatalf("%s %v", w.Response.Status, w.Response.Header)
		}
		frame := strings.ReplaceAll("MSRP abcd SEND\nTo-Path: msrp://x/a;ws\nFrom-Path: msrp://page.invalid/b;ws\nMessage-ID: 1\nContent-Type: text/plain\n\nhello\n-------abcd$\n", "\n", "\r\n")
		w.Send(frame)
		if got := w.Receive(); !strings.HasPrefix(got, "MSRP abcd 200 OK\r\n") || !strings.Contains(got, "X-From: ws\r\n") {
			t.Errorf("%v: %q", p, got)
		}
	}
}
