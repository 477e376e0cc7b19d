// Package nsdtest runs Debian's nsd for tests: a DNS server of others, on loopback.
package nsdtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/moonroute/moonroute/core/freeport"
)

// patience is for a busy machine.
const patience = 2 * time.Minute

const config = `server:
  ip-address: 127.0.0.1@PORT
  username: ""
  pidfile: "DIR/pid"
  database: ""
  zonesdir: "DIR"
  xfrdfile: "DIR/xfrd"
  zonelistfile: "DIR/zones"
  xfrdir: "DIR"
remote-control:
  control-enable: no
zone:
  name: ZONE
  zonefile: zone
`

// Start serves a zone until the test ends and gives the server's address; it answers by then. The test is skipped where
// there is no nsd.
func Start(t *testing.T, zone, records string) string {
	t.Helper()
	program, err := exec.LookPath("nsd")
	if err != nil {
		t.Skip("left out: nsd is not on this machine (tests/install-peers as root installs it)")
	}
	dir := t.TempDir()
	port, err := freeport.Take()
	if err != nil {
		t.Fatal(err)
	}
	conf := strings.NewReplacer("PORT", fmt.Sprint(port), "DIR", dir, "ZONE", zone).Replace(config)
	for name, text := range map[string]string{"conf": conf, "zone": records} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := exec.Command(program, "-d", "-c", filepath.Join(dir, "conf"))
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
	})
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	wait(t, addr, zone)
	return addr
}

// wait returns when the server answers for its zone.
func wait(t *testing.T, addr, zone string) {
	t.Helper()
	question := new(dns.Msg).SetQuestion(dns.Fqdn(zone), dns.TypeSOA)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if r, err := dns.Exchange(question, addr); err == nil && len(r.Answer) == 1 {
			return
		}
	}
	t.Fatal("nsd does not answer")
}
