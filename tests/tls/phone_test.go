package tls

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport/tlstest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// phoneConfig is a baresip without sound hardware that speaks TLS and verifies the server.
const phoneConfig = `sip_listen 127.0.0.1:%[1]s
net_interface 127.0.0.1
sip_cafile %[2]s/ca.pem
audio_source ausine,440
ausrc_srate 48000
ausrc_channels 2
audio_player aufile,%[3]s/heard.wav
audio_alert aufile,%[3]s/alert.wav
module_path /usr/lib/baresip/modules
module g711.so
module ausine.so
module aufile.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
`

// phoneScript registers phones and connects them over the connections that they registered with.
const phoneScript = `
function ksr_tls_event(evname)
	KSR.warn("event " .. evname .. "\n")
end

function ksr_request_route()
	KSR.add_tcp_alias_via()
	if KSR.is_REGISTER() then
		KSR.registrar.save("location", 0)
		return 1
	end
	KSR.rr.record_route()
	if KSR.rr.loose_route() < 0 and KSR.registrar.lookup("location") < 0 then
		KSR.sl.sl_send_reply(404, "Not Found")
		return 1
	end
	KSR.warn("to " .. tostring(KSR.pv.get("$du")) .. " " .. tostring(KSR.pv.get("$ru")) .. "\n")
	if KSR.tm.t_relay() < 0 then KSR.sl.sl_reply_error() end
	return 1
end
`

func (w *world) phone(user string, transport flow.Proto, args ...string) *program {
	w.t.Helper()
	dir := w.dir + "/" + user
	if err := os.Mkdir(dir, 0o755); err != nil {
		w.t.Fatal(err)
	}
	account := fmt.Sprintf("<sip:%s@127.0.0.1>;auth_pass=none;outbound=\"sip:%s;transport=%s\";regint=60;answermode=auto\n", user, w.Address(transport), transport)
	tlstest.File(w.t, dir, "config", fmt.Appendf(nil, phoneConfig, inproc.FreePort(w.t), w.dir, dir))
	tlstest.File(w.t, dir, "accounts", []byte(account))
	p := spawn(w.t, dir, "baresip", append([]string{"-f", dir}, args...)...)
	p.await(w.t, "200 OK")
	return p
}

// TestPhones: two softphones register and talk, over each transport that they have; no connection is opened to them, for
// theirs is known under the port of their Via, too (RFC 5923).
func TestPhones(t *testing.T) {
	need(t, "baresip")
	for _, p := range []flow.Proto{flow.UDP, flow.TCP, flow.TLS} {
		t.Run(p.String(), func(t *testing.T) { phonesTalk(t, p) })
	}
}

func phonesTalk(t *testing.T, p flow.Proto) {
	w := prepare(t)
	w.write(usual)
	w.Server = inproc.Start(t, inproc.Options{
		Config: strings.ReplaceAll(configuration, "PROFILES", w.profiles) + `
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("usrloc", "preload", "location")
`,
		Defines: []string{"UDP_PORT=" + inproc.FreePort(t), "TLS_PORT=" + inproc.FreePort(t)},
		Files:   []inproc.File{{Name: "routes.lua", Text: phoneScript}},
	})
	bob := w.phone("bob", p)
	alice := w.phone("alice", p, "-e", "/dial sip:bob@127.0.0.1")
	alice.await(t, "Call established: sip:bob@127.0.0.1")
	bob.await(t, "Call established: sip:alice@127.0.0.1")
	bob.await(t, "incoming rtp for 'audio' established")
	stats := &w.Core.Transports().Stats
	if stats.TCPConnected.Load() != 0 || stats.HandshakeErrors.Load() != 0 {
		t.Errorf("opened %d, failed handshakes %d", stats.TCPConnected.Load(), stats.HandshakeErrors.Load())
	}
}
