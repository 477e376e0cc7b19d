package trace

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/tests/inproc"
)

const hepConfig = `
debug=0
listen=udp:127.0.0.1:PORT
loadmodule "pv.so"
loadmodule "sl.so"
loadmodule "siptrace.so"
loadmodule "app_lua.so"
modparam("siptrace", "duplicate_uri", "sip:127.0.0.1:COLLECTOR")
modparam("siptrace", "trace_on", 1)
modparam("siptrace", "trace_mode", 1)
modparam("siptrace", "trace_to_database", 0)
modparam("siptrace", "hep_mode_on", 1)
modparam("siptrace", "hep_version", 3)
modparam("siptrace", "hep_capture_id", 2026)
modparam("siptrace", "auth_key", "homer")
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

const hepScript = `
function ksr_request_route()
	KSR.siptrace.hlog("asked for " .. KSR.pv.get("$rU"))
	KSR.sl.sl_send_reply(200, "OK")
end
`

// collectorConfig has the incumbent's capture server, the one before Homer's database, tell each part of a packet by its
// number in the protocol.
const collectorConfig = `#!KAMAILIO
debug=-1
log_stderror=yes
children=1
listen=udp:127.0.0.1:COLLECTOR
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "db_sqlite.so"
loadmodule "sipcapture.so"
modparam("sipcapture", "db_url", "sqlite:///@DIR@/capture.db")
modparam("sipcapture", "hep_capture_on", 1)
modparam("sipcapture", "nonsip_hook", 1)
request_route { drop; }
event_route[sipcapture:request] {
	xlog("L_ALERT", "@version=$hep(version) 1=$hep(0x001) 2=$hep(0x002) 3=$hep(0x003) 4=$hep(0x004) 7=$hep(0x007) 8=$hep(0x008) 11=$hep(0x00b) 12=$hep(0x00c) 14=$hep(0x00e) 17=$hep(0x011) 15=$hep(0x00f) at $hep(0x009) $hep(0x00a)@\n");
	return 0;
}
`

// collector is what a capture server has written.
type collector struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (c *collector) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(p)
}

func (c *collector) has(text string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Contains(c.text.String(), text)
}

// startCollector runs the incumbent's capture server, where it is installed.
func startCollector(t *testing.T, port string) *collector {
	t.Helper()
	kamailio, err := exec.LookPath("kamailio")
	if err != nil {
		t.Skip("left out: kamailio is not on this machine (tests/install-peers as root installs it)")
	}
	dir, c := t.TempDir(), new(collector)
	file := filepath.Join(dir, "collector.cfg")
	if err := os.WriteFile(file, []byte(strings.NewReplacer("COLLECTOR", port, "@DIR@", dir).Replace(collectorConfig)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(kamailio, "-f", file, "-DD", "-E", "-Y", dir, "-P", filepath.Join(dir, "pid"))
	cmd.Stdout, cmd.Stderr = c, c
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // it was ended
	})
	return c
}

// TestHomerReads: a capture server whose decoder is not ours finds each part of what a whole server sends, where it belongs.
func TestHomerReads(t *testing.T) {
	port := inproc.FreePort(t)
	c := startCollector(t, port)
	own := inproc.FreePort(t)
	s := inproc.Start(t, inproc.Options{
		Config:  strings.ReplaceAll(hepConfig, "COLLECTOR", port),
		Defines: []string{"PORT=" + own}, Files: []inproc.File{{Name: "routes.lua", Text: hepScript}},
	})
	p := s.Peer("127.0.0.1:0")
	begun, peer := time.Now().Unix(), strconv.Itoa(int(p.Addr.Port()))
	id := ""
	inproc.Eventually(t, "the capture server hears something", func() bool { // it tells nowhere when it is ready
		reply := p.Ask("OPTIONS", "sip:bob@example.com")
		id = inproc.Header(reply, "Call-ID")
		return c.has("17=" + id + " 15=OPTIONS sip:bob@example.com SIP/2.0\r\n")
	})
	const head = "@version=3 1=2 2=17 3=127.0.0.1 4=127.0.0.1 "
	for what, want := range map[string]string{
		"request":  fmt.Sprintf(head+"7=%s 8=%s 11=1 12=2026 14=homer 17=%s 15=OPTIONS sip:bob@example.com SIP/2.0\r\n", peer, own, id),
		"reply":    fmt.Sprintf(head+"7=%s 8=%s 11=1 12=2026 14=homer 17=%s 15=SIP/2.0 200 OK\r\n", own, peer, id),
		"log line": fmt.Sprintf(head+"7=%s 8=%s 11=100 12=2026 14=homer 17=%s 15=asked for bob at ", own, peer, id),
	} {
		inproc.Eventually(t, "the "+what+" as "+want, func() bool { return c.has(want) })
	}
	if !c.timed(begun) {
		t.Errorf("the times are wrong:\n%s", c.text.String())
	}
}

// timed tells whether all packets are of the last minutes.
func (c *collector) timed(begun int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for part := range strings.SplitSeq(c.text.String(), " at ") {
		var seconds, micros int64
		if n, _ := fmt.Sscanf(part, "%d %d@", &seconds, &micros); n == 2 && (seconds < begun || seconds > time.Now().Unix() || micros >= 1e6) {
			return false
		}
	}
	return true
}
