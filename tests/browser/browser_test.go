//go:build e2e

package browser

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport/tlstest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// patience is for a busy machine; the whole takes some seconds.
const patience = 3 * time.Minute

// browsers are the programs that will do, the smallest first.
var browsers = []string{"chromium-headless-shell", "chromium", "google-chrome"}

// secured is what the example's configuration needs for wss.
const secured = `
enable_tls=yes
listen=tls:127.0.0.1:TLS_PORT
loadmodule "tls.so"
modparam("tls", "certificate", "@CERTS@/server.pem")
modparam("tls", "private_key", "@CERTS@/server.key")
`

// TestCallInABrowser: two phones in a page register, call, talk and hang up, over WebSocket and over that on TLS.
func TestCallInABrowser(t *testing.T) {
	browser := find(t, browsers...)
	library := install(t, find(t, "npm"))
	example, err := os.ReadFile("../../examples/websocket/kamailio.cfg")
	if err != nil {
		t.Fatal(err)
	}
	certs := t.TempDir()
	tlstest.NewAuthority(t, "Test Authority").Issue(nil, "127.0.0.1").Write(t, certs, "server")
	for scheme, proto := range map[string]flow.Proto{"ws": flow.TCP, "wss": flow.TLS} {
		t.Run(scheme, func(t *testing.T) {
			s := inproc.Start(t, inproc.Options{
				Config:  string(example) + strings.ReplaceAll(secured, "@CERTS@", certs),
				Defines: []string{"PORT=" + inproc.FreePort(t), "TLS_PORT=" + inproc.FreePort(t), `SCRIPT="../../examples/websocket/routes.lua"`},
			})
			socket := scheme + "://" + s.Address(proto).String() + "/sip"
			follow(t, show(t, browser, library, "/", socket), "bob registered", "alice registered", "bob rings", "they talk", "alice presses a key", "bob hangs up", "done")
			callOtherKind(t, s, func() <-chan string { return show(t, browser, library, "/one.html", socket) })
		})
	}
}

// show opens a page whose phones use a server, and gives its steps.
func show(t *testing.T, browser, library, page, server string) <-chan string {
	t.Helper()
	steps := make(chan string, 100)
	pages := httptest.NewServer(site(library, steps))
	t.Cleanup(pages.Close)
	open(t, browser, pages.URL+page+"?server="+url.QueryEscape(server))
	return steps
}

// follow waits for the steps of a page.
func follow(t *testing.T, steps <-chan string, want ...string) {
	t.Helper()
	for _, want := range want {
		select {
		case got := <-steps:
			if got != want {
				t.Fatalf("the page says %q, want %q", got, want)
			}
		case <-time.After(patience):
			t.Fatalf("the page has not said %q", want)
		}
	}
}

func find(t *testing.T, programs ...string) string {
	t.Helper()
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("left out: none of these is on this machine (tests/install-peers as root installs the first): " + strings.Join(programs, ", "))
	return ""
}

// install has npm fetch what the page runs, as the lock file says, into a directory of the test.
func install(t *testing.T, npm string) (library string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute) // without a network npm tries for longer
	defer stop()
	cmd := exec.CommandContext(ctx, npm, "ci", "--prefer-offline")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("left out: npm cannot fetch sip.js: %v\n%s", err, out)
	}
	return filepath.Join(dir, "node_modules", "sip.js")
}

// site serves the page and hears of its steps.
func site(library string, steps chan<- string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServer(http.Dir("page")))
	mux.Handle("GET /sip.js/", http.StripPrefix("/sip.js/", http.FileServer(http.Dir(library))))
	mux.HandleFunc("POST /step", func(_ http.ResponseWriter, r *http.Request) {
		step, _ := io.ReadAll(r.Body)
		steps <- string(step)
	})
	return mux
}

// open shows a page until the test ends.
func open(t *testing.T, browser, page string) {
	t.Helper()
	cmd := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--ignore-certificate-errors", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--user-data-dir="+t.TempDir(), "--remote-debugging-port=0", page)
	out, err := os.Create(filepath.Join(t.TempDir(), "browser.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if text, err := os.ReadFile(out.Name()); t.Failed() && err == nil {
			t.Logf("the browser says:\n%s", text)
		}
	})
}
