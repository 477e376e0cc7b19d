//go:build e2e

package e2e

import (
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// slowHTTP is how long the HTTP service takes.
const slowHTTP = 2 * time.Second

// httpRoute asks an HTTP service about the callees whose names begin with "asked".
const httpRoute = `
local basic_route = ksr_request_route
function ksr_request_route()
	if KSR.is_INVITE() and KSR.siputils.has_totag() < 0 and string.find(KSR.kx.gete_ruser(), "^asked") then
		if KSR.tmx.t_precheck_trans() > 0 then KSR.tm.t_check_trans() return 1 end -- the INVITE again
		if KSR.tm.t_check_trans() == 0 then return 1 end
		KSR.http_client.query("@URL@", "$var(answer)")
	end
	return basic_route()
end
`

// TestSlowHTTP: the calls of one user in ten wait for a slow HTTP service. The others must not notice: the incumbent, whose
// workers wait with them, is measured beside.
func TestSlowHTTP(t *testing.T) {
	need(t, "sipp")
	rate, seconds := 20, 5
	if full() {
		rate, seconds = 300, 20
	}
	var asked atomic.Int64
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		time.Sleep(slowHTTP)
		_, _ = w.Write([]byte("yes"))
	}))
	t.Cleanup(service.Close)
	s := startHTTP(t, service.URL, command)
	without, lost := s.setupTimes(t, "plain", rate, seconds)
	with, more := s.setupTimes(t, "asked", rate, seconds)
	if lost+more > 0 {
		t.Errorf("%d calls failed", lost+more)
	}
	if n := asked.Load(); n < int64(rate/10*seconds) {
		t.Errorf("the service was asked %d times", n)
	}
	t.Logf("setup time of the calls that do not ask, p50 and p99: %v %v without the others, %v %v with them",
		quantile(without, 50), quantile(without, 99), quantile(with, 50), quantile(with, 99))
	if !full() {
		return
	}
	if later := quantile(with, 99) - quantile(without, 99); later > 5*time.Millisecond {
		t.Errorf("the p99 is %v more", later)
	}
	incumbentBeside(t, service.URL, rate, seconds)
}

// startHTTP starts a server that runs the basic script with httpRoute.
func startHTTP(t *testing.T, url string, command []string) *server {
	t.Helper()
	s := prepare(t, strings.ReplaceAll(httpRoute, "@URL@", url))
	cfg := strings.NewReplacer("children=2", "children=8", `loadmodule "app_lua.so"`, "loadmodule \"http_client.so\"\nloadmodule \"app_lua.so\"").Replace(read(t, s.config))
	s.config = filepath.Join(s.dir, "http.cfg")
	write(t, s.config, cfg)
	s.launch(t, command)
	return s
}

// incumbentBeside measures the same script on the incumbent, where it is installed.
func incumbentBeside(t *testing.T, url string, rate, seconds int) {
	t.Run("incumbent", func(t *testing.T) {
		need(t, "kamailio")
		s := startHTTP(t, url, []string{"kamailio", "-Y", t.TempDir()})
		without, _ := s.setupTimes(t, "plain", rate, seconds)
		t.Logf("p50 and p99 without the others: %v %v", quantile(without, 50), quantile(without, 99))
		with, _ := s.setupTimes(t, "asked", rate, seconds)
		t.Logf("p50 and p99 with them: %v %v", quantile(with, 50), quantile(with, 99))
	})
}

// setupTimes sends nine calls in ten to callees whose names begin with "callee", whose setup times it gives, and one
// in ten to others. It tells how many calls failed.
func (s *server) setupTimes(t *testing.T, others string, rate, seconds int) (times []time.Duration, lost int64) {
	t.Helper()
	path := filepath.Join(s.dir, others+".xml")
	write(t, path, strings.ReplaceAll(read(t, "sipp/call.xml"), "sip:callee[call_number]", "sip:"+others+"[call_number]"))
	var both sync.WaitGroup
	var missing atomic.Int64
	uas, address := s.answer(t, "u1")
	send := func(scenario string, rate int) {
		both.Go(func() {
			out, code := run(t, time.Duration(seconds)*time.Second+5*time.Minute, s.dir, "sipp", s.sippArgs(t, scenario, "u1",
				s.addr, "-key", "uas", address, "-r", strconv.Itoa(rate), "-m", strconv.Itoa(rate*seconds), "-l", "50000",
				"-trace_rtt", "-rtt_freq", "1", "-timeout", strconv.Itoa(seconds+60))...)
			done, failed := sippCalls(t, out)
			t.Logf("%s: %d calls done, %d failed, exit %d", filepath.Base(scenario), done, failed, code)
			missing.Add(int64(rate*seconds - done))
		})
	}
	send("call.xml", rate*9/10)
	send(path, rate/10)
	both.Wait()
	uas.stop(t, syscall.SIGUSR1)
	return responseTimes(t, s.dir), missing.Load()
}

// responseTimes reads what SIPp noted of each call of call.xml, and removes it.
func responseTimes(t *testing.T, dir string) (times []time.Duration) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "*_rtt.csv"))
	for _, path := range files {
		if strings.HasPrefix(filepath.Base(path), "call_") {
			times = append(times, columnOf(t, path)...)
		}
		_ = os.Remove(path)
	}
	if len(times) == 0 {
		t.Fatal("SIPp noted no response times")
	}
	slices.Sort(times)
	return times
}

// columnOf is the second column of SIPp's file, in milliseconds.
func columnOf(t *testing.T, path string) (times []time.Duration) {
	t.Helper()
	r := csv.NewReader(strings.NewReader(read(t, path)))
	r.Comma, r.FieldsPerRecord = ';', -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if len(row) < 2 {
			continue
		}
		if ms, err := strconv.ParseFloat(row[1], 64); err == nil {
			times = append(times, time.Duration(ms*float64(time.Millisecond)))
		}
	}
	return times
}

// quantile is a percentile of sorted times.
func quantile(times []time.Duration, percent int) time.Duration {
	return times[min(len(times)*percent/100, len(times)-1)].Round(10 * time.Microsecond)
}
