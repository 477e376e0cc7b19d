//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moonroute/moonroute/tests/bench/traffic"
)

// slowHTTP is how long the HTTP service takes.
const slowHTTP = 2 * time.Second

// httpRoute asks an HTTP service about the callees with six digits.
const httpRoute = `
local basic_route = ksr_request_route
function ksr_request_route()
	if KSR.is_INVITE() and KSR.siputils.has_totag() < 0 and string.find(KSR.kx.gete_ruser(), "^u%d%d%d%d%d%d$") then
		if KSR.tmx.t_precheck_trans() > 0 then KSR.tm.t_check_trans() return 1 end -- the INVITE again
		if KSR.tm.t_check_trans() == 0 then return 1 end
		KSR.http_client.query("@URL@", "$var(answer)")
	end
	return basic_route()
end
`

// There are so many users of either kind; those that the script asks about have six digits.
const (
	users      = 100
	firstAsked = 100_000
)

// slowService is an HTTP service that takes its time, and counts.
type slowService struct {
	url   string
	asked atomic.Int64
}

func startSlowService(t *testing.T) *slowService {
	x := new(slowService)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		x.asked.Add(1)
		time.Sleep(slowHTTP)
		_, _ = w.Write([]byte("yes"))
	}))
	t.Cleanup(s.Close)
	x.url = s.URL
	return x
}

// TestSlowHTTP: the calls of one user in ten wait for a slow HTTP service. The others must not notice: the incumbent, whose
// workers wait with them, is measured beside.
func TestSlowHTTP(t *testing.T) {
	rate, seconds := 20, 5
	if full() {
		rate, seconds = 300, 20
	}
	service := startSlowService(t)
	s := startHTTP(t, service.url, command)
	without := s.offer(t, rate, seconds, false)
	with := s.offer(t, rate, seconds, true)
	if lost := without.lost + with.lost + with.asking; lost > 0 {
		t.Errorf("%d calls failed", lost)
	}
	if n := service.asked.Load(); n < int64(rate/10*seconds) {
		t.Errorf("the service was asked %d times", n)
	}
	t.Logf("setup time of the calls that do not ask: %v without the others, %v with them", without, with)
	if !full() {
		return
	}
	if later := with.quantile(99) - without.quantile(99); later > 5*time.Millisecond {
		t.Errorf("the p99 is %v more", later)
	}
	t.Run("incumbent", func(t *testing.T) { incumbentBeside(t, service.url, rate, seconds) })
}

// incumbentBeside measures the same script on the incumbent, where it is installed.
func incumbentBeside(t *testing.T, url string, rate, seconds int) {
	need(t, "kamailio")
	s := startHTTP(t, url, []string{"kamailio", "-Y", t.TempDir()})
	without := s.offer(t, rate, seconds, false)
	with := s.offer(t, rate, seconds, true)
	t.Logf("the incumbent: %v without the others, %v with them", without, with)
}

// startHTTP starts a server that runs the basic script with httpRoute, at which the callees are registered.
func startHTTP(t *testing.T, url string, command []string) *server {
	t.Helper()
	need(t, basicScript)
	s := prepare(t, strings.ReplaceAll(httpRoute, "@URL@", url))
	cfg := strings.NewReplacer("children=2", "children=8", `alias="example.test"`, `alias="`+traffic.Domain+`"`,
		`loadmodule "app_lua.so"`, "loadmodule \"http_client.so\"\nloadmodule \"app_lua.so\"").Replace(read(t, s.config))
	s.config = filepath.Join(s.dir, "http.cfg")
	write(t, s.config, cfg)
	s.launch(t, command)
	return s
}

// setup is how long calls took to ring, sorted, and how many failed.
type setup struct {
	times  []time.Duration
	lost   int
	asking int // of those that ask, how many failed
	busy   int // of all that failed, how many the server refused
}

// String is for the report.
func (x setup) String() string {
	text := "p50 " + x.quantile(50).String() + ", p99 " + x.quantile(99).String()
	if x.lost > 0 || x.asking > 0 {
		text += fmt.Sprintf(" (%d failed, and %d of those that ask; %d were refused)", x.lost, x.asking, x.busy)
	}
	return text
}

// quantile is a percentile.
func (x setup) quantile(percent int) time.Duration {
	if len(x.times) == 0 {
		return 0
	}
	return x.times[min(len(x.times)*percent/100, len(x.times)-1)].Round(10 * time.Microsecond)
}

// offer sends nine calls in ten to callees that the script does not ask about, whose setup times it gives, and if asking
// one in ten to others. What is not answered some seconds after the last call is lost.
func (s *server) offer(t *testing.T, rate, seconds int, asking bool) setup {
	t.Helper()
	// Each load has a thread that sleeps in the kernel and keeps one of Go's processors for up to 10 ms meanwhile: there must be
	// others for those who note the times.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	address := netip.MustParseAddrPort(s.addr)
	callee, err := traffic.Listen("udp", freePort(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = callee.Close() }()
	for _, first := range []int{0, firstAsked} {
		if err := traffic.Fill(address, first, first+users, 1, callee, "udp"); err != nil {
			t.Fatal(err)
		}
	}
	load := traffic.Load{Case: traffic.Call, Transport: "udp", Server: address, Callee: callee, Users: users}
	plain, others := load, load
	plain.Rate, plain.Count = rate*9/10, rate*9/10*seconds
	others.Rate, others.Count, others.First = rate/10, rate/10*seconds, firstAsked
	var both sync.WaitGroup
	var asked traffic.Result
	if asking {
		both.Go(func() { asked = call(t, others) })
	}
	r := call(t, plain)
	both.Wait()
	slices.Sort(r.Latency)
	return setup{times: r.Latency, lost: r.Lost, asking: asked.Lost, busy: r.Refused + asked.Refused}
}

func call(t *testing.T, l traffic.Load) traffic.Result {
	r, err := traffic.Offer(l)
	if err != nil {
		t.Error(err)
	}
	return r
}
