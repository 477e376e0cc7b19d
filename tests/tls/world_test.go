package tls

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/transport/tlstest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// script answers OPTIONS with what its Show header asks for, and relays everything else to where X-To says.
const script = `
function ksr_request_route()
	if KSR.is_method("OPTIONS") then
		local shown = {}
		for name in string.gmatch(KSR.pv.gete("$hdr(X-Show)"), "%S+") do
			local value = KSR.pv.get(name)
			table.insert(shown, "X-Shown: " .. name .. " " .. type(value) .. " " .. string.gsub(tostring(value), "\n", "|") .. "\r\n")
		end
		table.insert(shown, "X-Verified: " .. KSR.tls.is_peer_verified() .. " " .. KSR.tls.cget("tls_version") .. "\r\n")
		KSR.hdr.append_to_reply(table.concat(shown))
		KSR.sl.sl_send_reply(200, "OK")
		return 1
	end
	local name, id, connect = KSR.pv.gete("$hdr(X-Name)"), KSR.pv.gete("$hdr(X-Id)"), KSR.pv.gete("$hdr(X-Connect)")
	if name ~= "" then KSR.pv.sets("$xavp(tls=>server_name)", name) end
	if id ~= "" then KSR.pv.sets("$xavp(tls=>server_id)", id) end
	if connect ~= "" then KSR.tls.set_connect_server_id(connect) end
	if KSR.is_INVITE() then KSR.rr.record_route() end
	if KSR.rr.loose_route() < 0 and KSR.pv.gete("$hdr(X-To)") ~= "" then KSR.pv.sets("$du", KSR.pv.get("$hdr(X-To)")) end
	if KSR.is_ACK() then KSR.tm.t_relay() return 1 end
	if KSR.tm.t_relay() < 0 then KSR.sl.sl_reply_error() end
	return 1
end

function ksr_tls_event(evname)
	KSR.warn("event " .. evname .. " for " .. KSR.pv.get("$rm") .. "\n")
	if KSR.pv.gete("$hdr(X-Drop)") ~= "" then KSR.x.drop() end
	return 1
end
`

const configuration = `
debug=2
enable_tls=yes
listen=udp:127.0.0.1:UDP_PORT
listen=tcp:127.0.0.1:UDP_PORT
listen=tls:127.0.0.1:TLS_PORT
loadmodule "tls.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "rr.so"
loadmodule "hdr.so"
loadmodule "xlog.so"
loadmodule "cfg_rpc.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "app_lua.so"
modparam("tls", "config", "PROFILES")
modparam("tls", "xavp_cfg", "tls")
modparam("tls", "event_callback", "ksr_tls_event")
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// world is a server with its authority and folder of certificates.
type world struct {
	*inproc.Server
	t        *testing.T
	ca       *tlstest.Authority
	dir      string
	profiles string // the path of tls.cfg
	id       atomic.Int64
}

// start starts a server. In the profiles @DIR@ is the folder with ca.pem, server.pem and server.key, client.pem and
// client.key.
func start(t *testing.T, profiles string) *world {
	t.Helper()
	w := prepare(t)
	w.write(profiles)
	w.Server = inproc.Start(t, inproc.Options{
		Config:  strings.ReplaceAll(configuration, "PROFILES", w.profiles),
		Defines: []string{"UDP_PORT=" + inproc.FreePort(t), "TLS_PORT=" + inproc.FreePort(t)},
		Files:   []inproc.File{{Name: "routes.lua", Text: script}},
	})
	return w
}

// prepare makes the certificates.
func prepare(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ca: tlstest.NewAuthority(t, "Test Authority"), dir: t.TempDir()}
	w.profiles = w.dir + "/tls.cfg"
	tlstest.File(t, w.dir, "ca.pem", w.ca.PEM)
	w.ca.Issue(nil, "server.test", "127.0.0.1").Write(t, w.dir, "server")
	w.ca.Issue(nil, "client.test", "c2.test", "sip:client.test", "127.0.0.1").Write(t, w.dir, "client")
	return w
}

func (w *world) write(profiles string) {
	tlstest.File(w.t, w.dir, "tls.cfg", []byte(strings.ReplaceAll(profiles, "@DIR@", w.dir)))
}

// usual are profiles that need no change in most tests.
const usual = `
[server:default]
certificate = @DIR@/server.pem
private_key = @DIR@/server.key
ca_list = @DIR@/ca.pem
verify_certificate = yes
[client:default]
ca_list = @DIR@/ca.pem
certificate = @DIR@/client.pem
private_key = @DIR@/client.key
`

// link is a stream with SIP messages on it.
type link struct {
	net.Conn
	t      *testing.T
	framer transport.Framer
}

const patience = time.Minute

func newLink(t *testing.T, c net.Conn) *link {
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return &link{Conn: c, t: t, framer: transport.Framer{MaxHeader: 1 << 16, MaxBody: 1 << 20}}
}

// client opens a connection to the server.
func (w *world) client(cfg *tls.Config) *link {
	w.t.Helper()
	c, err := tls.Dial("tcp", w.Address(flow.TLS).String(), cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	return newLink(w.t, c)
}

func (w *world) trusting() *tls.Config {
	return &tls.Config{RootCAs: w.ca.Pool(), ServerName: "server.test"}
}

func (l *link) send(text string) {
	l.t.Helper()
	if _, err := l.Write([]byte(text)); err != nil {
		l.t.Fatal(err)
	}
}

func (l *link) receive() string {
	l.t.Helper()
	m, err := l.next()
	if err != nil {
		l.t.Fatal(err)
	}
	return m
}

func (l *link) next() (string, error) {
	for {
		f, ok, err := l.framer.Next()
		if err != nil || ok && f.Kind == transport.SIP {
			return f.Data, err
		}
		if !ok {
			if err := l.framer.Fill(l.Conn); err != nil {
				return "", err
			}
		}
	}
}

// request makes a request of a peer on TLS.
func (w *world) request(method string, headers ...string) string {
	id := fmt.Sprint("tls-", w.id.Add(1))
	lines := append([]string{
		method + " sip:bob@127.0.0.1 SIP/2.0", "Via: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bK" + id, "Max-Forwards: 70",
		"From: <sip:alice@test>;tag=1", "To: <sip:bob@127.0.0.1>", "Call-ID: " + id, "CSeq: 1 " + method, "Content-Length: 0",
	}, headers...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// rpc runs a command and gives its answer in JSON.
func (w *world) rpc(method string, params ...string) string {
	w.t.Helper()
	request := `{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":[` + strings.Join(params, ",") + `]}`
	reply, err := (&rpc.JSONHandler{Registry: w.RPC}).Handle(context.Background(), []byte(request))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(reply.Body)
}

// far is a peer that takes TLS connections.
type far struct {
	addr  netip.AddrPort
	links chan *link
	names chan string // what they asked for (SNI)
}

func (w *world) far(pair tlstest.Pair, change func(*tls.Config)) *far {
	w.t.Helper()
	f := &far{links: make(chan *link, 100), names: make(chan string, 100)}
	cfg := &tls.Config{Certificates: []tls.Certificate{pair.Certificate}, ClientAuth: tls.RequestClientCert}
	cfg.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		f.names <- h.ServerName
		return nil, nil
	}
	if change != nil {
		change(cfg)
	}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { ln.Close() })
	f.addr = ln.Addr().(*net.TCPAddr).AddrPort()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			f.links <- newLink(w.t, c)
		}
	}()
	return f
}

// accept is the next connection.
func (f *far) accept(t *testing.T) *link {
	t.Helper()
	select {
	case l := <-f.links:
		return l
	case <-time.After(patience):
		t.Fatal("no connection")
		return nil
	}
}

func (f *far) uri() string { return "sip:" + f.addr.String() + ";transport=tls" }

// header is the value of a header field.
func header(message, name string) string {
	for line := range strings.SplitSeq(message, "\r\n") {
		if value, ok := strings.CutPrefix(line, name+": "); ok {
			return value
		}
	}
	return ""
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("no %q in\n%s", p, text)
		}
	}
}
