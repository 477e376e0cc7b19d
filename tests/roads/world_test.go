package roads

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/transport/tlstest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// script is a registrar and proxy in the manner of the distribution's basic script.
const script = `
function ksr_request_route()
	if KSR.maxfwd.process_maxfwd(10) < 0 then KSR.sl.sl_send_reply(483, "Too Many Hops") return 1 end
	if KSR.is_OPTIONS() then KSR.sl.sl_send_reply(200, "Keepalive") return 1 end
	if KSR.is_CANCEL() then
		if KSR.tm.t_check_trans() > 0 then KSR.tm.t_relay() end
		return 1
	end
	if not KSR.is_ACK() then KSR.tmx.t_precheck_trans() end
	if KSR.siputils.has_totag() > 0 then return within_dialog() end
	KSR.tm.t_check_trans()
	KSR.hdr.remove("Route")
	if KSR.is_method_in("IS") then KSR.rr.record_route() end
	if KSR.is_REGISTER() then
		KSR.pv.sets("$avp(RECEIVED)", KSR.pv.get("$sut"))
		if KSR.registrar.save("location", 0) < 0 then KSR.sl.sl_reply_error() end
		return 1
	end
	local hop = KSR.hdr.gete("X-To")
	if hop ~= "" then
		KSR.pv.sets("$du", hop)
		if KSR.pv.get("$rU") == "stateless" then KSR.forward() return 1 end
		return relay()
	end
	if KSR.registrar.lookup("location") < 0 then KSR.sl.sl_send_reply(404, "Not Found") return 1 end
	return relay()
end

function within_dialog()
	if KSR.rr.loose_route() > 0 then return relay() end
	if KSR.is_ACK() and KSR.tm.t_check_trans() > 0 then return relay() end
	if not KSR.is_ACK() then KSR.sl.sl_send_reply(404, "Not Here") end
	return 1
end

function relay()
	if KSR.tm.t_relay() < 0 then KSR.sl.sl_reply_error() end
	return 1
end

function ksr_xhttp_event(evname)
	KSR.websocket.handle_handshake()
	return 1
end
`

const configuration = `
debug=2
enable_tls=yes
listen=udp:127.0.0.1:PORT
listen=tcp:127.0.0.1:PORT
listen=tls:127.0.0.1:TLS_PORT
listen=udp:[::1]:PORT
listen=tcp:[::1]:PORT
listen=tls:[::1]:TLS_PORT
loadmodule "tls.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "rr.so"
loadmodule "maxfwd.so"
loadmodule "hdr.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "xhttp.so"
loadmodule "websocket.so"
loadmodule "app_lua.so"
modparam("tls", "certificate", "@CERTS@/server.pem")
modparam("tls", "private_key", "@CERTS@/server.key")
modparam("tls", "ca_list", "@CERTS@/ca.pem")
modparam("usrloc", "preload", "location")
modparam("registrar", "received_avp", "$avp(RECEIVED)")
modparam("xhttp", "event_callback", "ksr_xhttp_event")
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// world is a server on both families of addresses, with the authority of its certificate.
type world struct {
	*inproc.Server
	t         *testing.T
	ca        *tlstest.Authority
	dir       string
	port, tls string
}

// start starts a server with further lines of configuration.
func start(t *testing.T, more string) *world {
	t.Helper()
	w := &world{t: t, ca: tlstest.NewAuthority(t, "Test Authority"), dir: t.TempDir(), port: inproc.FreePort(t), tls: inproc.FreePort(t)}
	tlstest.File(t, w.dir, "ca.pem", w.ca.PEM)
	w.ca.Issue(nil, "server.test", "127.0.0.1", "::1").Write(t, w.dir, "server")
	w.Server = inproc.Start(t, inproc.Options{
		Config:  strings.ReplaceAll(configuration, "@CERTS@", w.dir) + more,
		Defines: []string{"PORT=" + w.port, "TLS_PORT=" + w.tls},
		Files:   []inproc.File{{Name: "routes.lua", Text: script}},
	})
	return w
}

func (w *world) trusting() *tls.Config { return &tls.Config{RootCAs: w.ca.Pool()} }

// uri is a user of the server by a transport and an address of it.
func (w *world) uri(user, transport, host string) string {
	port := w.port
	if transport == "tls" || transport == "wss" {
		port = w.tls
	}
	return fmt.Sprintf("sip:%s@%s:%s;transport=%s", user, host, port, transport)
}
