//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// brokenTail breaks a script at its end: a line does not compile.
const brokenTail = "\nfunction ksr_request_route()\n\tKSR.info(\"half\"\nend\n"

// TestReloadUnderLoad reloads the script each second while calls go on. Each fifth time the
// script is broken: the answer names the place, and no call notices.
func TestReloadUnderLoad(t *testing.T) {
	need(t, "kamcmd", "sipp")
	l := load{transport: "u1", rate: 50, seconds: 8}
	if full() {
		l.rate, l.seconds = 500, 60
	}
	s := start(t, "")
	good := read(t, s.script)
	ctx, stop := context.WithCancel(t.Context())
	var r reloads
	var ended sync.WaitGroup
	ended.Go(func() { s.reloadEachSecond(t, ctx, good, &r) })
	for r.good.Load() < 4 || r.broken.Load() < 1 { // once, where the machine has time for a reload in each second
		if s.calls(t, l); t.Failed() {
			break
		}
	}
	stop()
	ended.Wait()
	t.Logf("%d reloads, and %d of a broken script", r.good.Load(), r.broken.Load())
	if list := s.kamcmd(t, "app_lua.list"); !strings.Contains(list, fmt.Sprintf("version: %d\n", r.good.Load()+1)) || !strings.Contains(list, "by: rpc unix:") {
		t.Errorf("app_lua.list:\n%s", list)
	}
	if full() {
		s.staysFlat(t)
	}
}

type reloads struct{ good, broken atomic.Int64 }

var namesPlace = regexp.MustCompile(`basic\.lua:\d+`)

func (s *server) reloadEachSecond(t *testing.T, ctx context.Context, good string, r *reloads) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for i := 1; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if i%5 == 0 {
			write(t, s.script, good+brokenTail)
			s.reloadBroken(t)
			write(t, s.script, good)
			r.broken.Add(1)
			continue
		}
		if out, code := run(t, patience, s.dir, "kamcmd", "-s", s.control(), "app_lua.reload"); code != 0 || strings.Contains(out, "error") {
			t.Errorf("reload: exit %d: %s", code, out)
		}
		r.good.Add(1)
	}
}

func (s *server) reloadBroken(t *testing.T) {
	out, _ := run(t, patience, s.dir, "kamcmd", "-s", s.control(), "app_lua.reload")
	if !strings.Contains(out, "error") || !namesPlace.MatchString(out) {
		t.Errorf("a broken script: the answer names no place: %q", out)
	}
}
