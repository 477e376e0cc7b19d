package tls

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/transport/tlstest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// TestReload: new connections get new certificates, open ones go on; a file with an error changes nothing.
func TestReload(t *testing.T) {
	w := start(t, usual)
	before := w.client(w.trusting())
	w.ca.Issue(nil, "server.test", "second.test").Write(t, w.dir, "server")
	contains(t, w.rpc("tls.reload"), "Ok. TLS configuration reloaded.")
	after := w.client(w.trusting())
	for _, l := range []*link{before, after} {
		l.send(w.request("OPTIONS", "X-Show: $(tls_my_san_hostname[-1])"))
	}
	contains(t, before.receive(), " server.test\r")
	contains(t, after.receive(), " second.test\r")

	for broken, want := range map[string]string{
		usual + "method = TLSv9\n":                                                             "tls.cfg:11: method",
		strings.Replace(usual, "server.key", "none.key", 1):                                    "tls.cfg:2: certificate",
		strings.Replace(usual, "server.key", "client.key", 1):                                  "private key does not match",
		usual + "[server:default]\ncertificate=@DIR@/server.pem\nprivate_key=@DIR@/server.key": "a second profile",
		usual + "cipher_list = NOTHING\n":                                                      "unknown cipher",
		usual + "crl = @DIR@/ca.pem\n":                                                         "crl",
	} {
		w.write(broken)
		contains(t, w.rpc("tls.reload"), `"code":500`, want)
		l := w.client(w.trusting())
		l.send(w.request("OPTIONS", "X-Show: $(tls_my_san_hostname[-1])"))
		contains(t, l.receive(), " second.test\r")
	}
}

// TestReloadUnderTraffic: 100 reloads while a client talks and others come: nothing fails.
func TestReloadUnderTraffic(t *testing.T) {
	w := start(t, usual)
	bob := w.far(w.ca.Issue(nil, "127.0.0.1"), nil)
	go func() {
		l := bob.accept(t)
		for m, err := l.next(); err == nil; m, err = l.next() {
			_, _ = l.Write([]byte(inproc.Reply(m, 200, "OK")))
		}
	}()
	stop, failed := make(chan struct{}), make(chan string, 2)
	talk := func(open func() *link) {
		l := open()
		for n := 0; ; n++ {
			select {
			case <-stop:
				failed <- ""
				return
			default:
			}
			if n%10 == 9 {
				l = open()
			}
			_, err := l.Write([]byte(w.request("MESSAGE", "X-To: "+bob.uri())))
			m := "SIP/2.0 100"
			for err == nil && strings.HasPrefix(m, "SIP/2.0 100") {
				m, err = l.next()
			}
			if err != nil || !strings.HasPrefix(m, "SIP/2.0 200") {
				failed <- m + " failed"
				return
			}
		}
	}
	one := w.client(w.trusting())
	go talk(func() *link { return one })
	go talk(func() *link {
		c, err := tls.Dial("tcp", one.RemoteAddr().String(), w.trusting())
		if err != nil {
			return one
		}
		return newLink(t, c)
	})
	w.reload(t, 10)
	before := heap()
	w.reload(t, 100)
	t.Logf("the heap after 10 reloads and after 110: %d and %d KiB", before>>10, heap()>>10)
	if grown := heap() - before; grown > 16<<20 {
		t.Errorf("100 reloads left %d bytes behind", grown)
	}
	close(stop)
	for range 2 {
		if text := <-failed; text != "" {
			t.Error(text)
		}
	}
	if n := w.Core.Transports().Stats.HandshakeErrors.Load(); n != 0 {
		t.Errorf("%d handshakes failed", n)
	}
}

func (w *world) reload(t *testing.T, times int) {
	t.Helper()
	for range times {
		contains(t, w.rpc("tls.reload"), "reloaded")
	}
}

// heap is the memory in use, in bytes.
func heap() int64 {
	runtime.GC()
	runtime.GC() // what the first one let finalizers have
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestRPC: what operators see of connections.
func TestRPC(t *testing.T) {
	w := start(t, usual)
	l := w.client(w.trusting())
	l.send(w.request("OPTIONS"))
	l.receive()
	contains(t, w.rpc("tls.info"), `"max_connections":2048,"opened_connections":1,"clear_text_write_queued_bytes":0`)
	contains(t, w.rpc("tls.list"), `"id":1,"timeout":`, `"src_ip":"127.0.0.1"`, `"dst_port":`, `"cipher":"TLS_AES_128_GCM_SHA256         TLSv1.3 Kx=any`, `"state":"established"`)
	contains(t, w.rpc("tls.options"), `"force_run":0,"method":"TLSv1.2+","verify_certificate":0,"verify_depth":9`, `"ct_wq_blk_size":4096`)
	contains(t, w.rpc("tls.kill", "99"), `"code":404`)
	w.rpc("tls.kill", "1")
	if _, err := l.next(); err == nil {
		t.Error("still open")
	}
	contains(t, w.rpc("tls.list"), `"result":[]`)
}

// TestBadConfiguration: the server does not start, and says why.
func TestBadConfiguration(t *testing.T) {
	for text, want := range map[string]string{
		`modparam("tls", "tls_method", "SSLv3")`:       "is not spoken here",
		`modparam("tls", "private_key_password", "x")`: "must not be encrypted",
		`modparam("tls", "engine", "pkcs11")`:          "no OpenSSL engines",
		`modparam("tls", "keylog_mode", 1)`:            "not written to files",
		`modparam("tls", "certificate", "/none.pem")`:  "/none.pem",
		`modparam("tls", "config", "/none.cfg")`:       "/none.cfg",
		`modparam("tls", "private_key", "/engine:x")`:  "no OpenSSL engines",
		`modparam("tls", "verify_client", "yes")`:      "verify_client takes off, on",
	} {
		s, err := inproc.New(t, inproc.Options{
			Config:  "enable_tls=yes\nlisten=tls:127.0.0.1:PORT\nloadmodule \"tls.so\"\nloadmodule \"app_lua.so\"\nmodparam(\"app_lua\", \"load\", \"@DIR@/r.lua\")\ncfgengine \"lua\"\n" + text,
			Defines: []string{"PORT=" + inproc.FreePort(t)}, Files: []inproc.File{{Name: "r.lua", Text: "function ksr_request_route() end"}},
		})
		if err == nil {
			err = s.Server.Start()
			s.Stop()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestWithout: without the module, or without enable_tls, the server runs without its TLS sockets and says so.
func TestWithout(t *testing.T) {
	for _, lines := range []string{"enable_tls=yes\n", "loadmodule \"tls.so\"\n"} {
		s := inproc.Start(t, inproc.Options{
			Config:  lines + "debug=2\nlisten=udp:127.0.0.1:PORT\nlisten=tls:127.0.0.1:PORT\nloadmodule \"app_lua.so\"\nmodparam(\"app_lua\", \"load\", \"@DIR@/r.lua\")\ncfgengine \"lua\"\n",
			Defines: []string{"PORT=" + inproc.FreePort(t)}, Files: []inproc.File{{Name: "r.lua", Text: "function ksr_request_route() end"}},
		})
		if len(s.Core.Sockets()) != 1 {
			t.Errorf("%d sockets", len(s.Core.Sockets()))
		}
		contains(t, s.Log(), "no socket for tls: it needs enable_tls=yes")
	}
}

// TestModuleParameters: without a file the parameters make both profiles.
func TestModuleParameters(t *testing.T) {
	w := prepare(t)
	both(t, w)
	w.Server = inproc.Start(t, inproc.Options{
		Config: strings.Replace(configuration, `modparam("tls", "config", "PROFILES")`,
			strings.ReplaceAll("modparam(\"tls\", \"certificate\", \"DIR/both.pem\")\nmodparam(\"tls\", \"ca_path\", \"DIR/authorities\")\nmodparam(\"tls\", \"verify_certificate\", 1)", "DIR", w.dir), 1),
		Defines: []string{"UDP_PORT=" + inproc.FreePort(t), "TLS_PORT=" + inproc.FreePort(t)},
		Files:   []inproc.File{{Name: "routes.lua", Text: script}},
	})
	l := w.client(w.trusting())
	l.send(w.request("OPTIONS"))
	contains(t, l.receive(), "X-Verified: -1")
	contains(t, w.rpc("tls.reload"), "No TLS configuration file configured")
}

// both makes a file with certificate and key, and a folder of authorities.
func both(t *testing.T, w *world) {
	t.Helper()
	pair := w.ca.Issue(nil, "server.test", "127.0.0.1")
	tlstest.File(t, w.dir, "both.pem", append(pair.CertPEM, pair.KeyPEM...))
	if err := os.Mkdir(filepath.Join(w.dir, "authorities"), 0o755); err != nil {
		t.Fatal(err)
	}
	tlstest.File(t, filepath.Join(w.dir, "authorities"), "one.crt", w.ca.PEM)
}

// TestSockets: where a server listens for TLS, by the form of the line.
func TestSockets(t *testing.T) {
	for lines, want := range map[string]string{
		"listen=127.0.0.1:5070":                          "udp:127.0.0.1:5070 tcp:127.0.0.1:5070 tls:127.0.0.1:5071",
		"listen=127.0.0.1":                               "udp:127.0.0.1:5060 tcp:127.0.0.1:5060 tls:127.0.0.1:5061",
		"tls_port_no=5099\nlisten=127.0.0.1":             "udp:127.0.0.1:5060 tcp:127.0.0.1:5060 tls:127.0.0.1:5099",
		"tls_port_no=5099\nlisten=tls:127.0.0.1":         "tls:127.0.0.1:5099",
		"listen=tls:[::1]:5062 advertise sip.test:5063":  "tls:[::1]:5062",
		"disable_tcp=yes\nlisten=127.0.0.1:5070":         "udp:127.0.0.1:5070 tls:127.0.0.1:5071",
		"tls_disable=yes\nlisten=127.0.0.1:5070":         "udp:127.0.0.1:5070 tcp:127.0.0.1:5070",
		"tls_max_connections=9\nlisten=tls:127.0.0.1:99": "tls:127.0.0.1:99",
	} {
		s, err := inproc.New(t, inproc.Options{Config: "tls_enable=yes\n" + lines + "\nloadmodule \"tls.so\"\nloadmodule \"app_lua.so\"\ncfgengine \"lua\"\n"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, sock := range s.Core.Sockets() {
			got = append(got, sock.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", lines, got, want)
		}
		s.Stop()
	}
}

// TestSettingsByRPC: an operator sees the settings, and names another file of profiles.
func TestSettingsByRPC(t *testing.T) {
	w := start(t, usual)
	for params, want := range map[string]string{
		`"tls","config"`: w.profiles, `"tls","method"`: "TLSv1.2+", `"tls","verify_depth"`: `"result":9`, `"tls","connection_timeout"`: `"result":600`,
		`"tls","server_name"`: "<null string>", `"tls","ssl_free_list_max"`: `"result":-1`,
	} {
		contains(t, w.rpc("cfg.get", params), want)
	}
	contains(t, w.rpc("cfg.set_now_string", `"tls","certificate","/x"`), `"code":400`)
	contains(t, w.rpc("cfg.set_now_int", `"tls","session_cache",1`), `"code":400`)
	w.rpc("cfg.set_now_int", `"tls","connection_timeout",30`)
	contains(t, w.rpc("tls.options"), `"connection_timeout":30`)

	w.ca.Issue(nil, "server.test", "other.test").Write(t, w.dir, "other")
	tlstest.File(t, w.dir, "other.cfg", []byte(strings.ReplaceAll(strings.ReplaceAll(usual, "server.", "other."), "@DIR@", w.dir)))
	w.rpc("cfg.set_now_string", `"tls","config","`+w.dir+`/other.cfg"`)
	contains(t, w.rpc("tls.reload"), "reloaded")
	contains(t, w.rpc("cfg.get", `"tls","config"`), "other.cfg")
	contains(t, w.rpc("tls.options"), "other.cfg")
	l := w.client(w.trusting())
	l.send(w.request("OPTIONS", "X-Show: $(tls_my_san_hostname[-1])"))
	contains(t, l.receive(), " other.test\r")
}
