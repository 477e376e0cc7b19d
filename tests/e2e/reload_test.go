//go:build e2e

package e2e

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"
)

// brokenTail breaks a script at its end: a line does not compile.
const brokenTail = "\nfunction ksr_request_route()\n\tKSR.info(\"half\"\nend\n"

// TestReloadUnderLoad reloads the script each second while calls go on. Each fifth time the
// script is broken: the answer names the place, and no call notices.
func TestReloadUnderLoad(t *testing.T) {
	need(t, "kamcmd", "sipp")
	l := load{transport: "u1", rate: 150, seconds: 8}
	if full() {
		l.rate, l.seconds = 500, 20
	}
	s := start(t, "")
	good := read(t, s.script)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan reloads)
	go func() { ended <- s.reloadEachSecond(t, ctx, good) }()
	s.calls(t, l)
	stop()
	r := <-ended
	t.Logf("%d reloads, %d of them of a broken script", r.good+r.broken, r.broken)
	if r.good < 4 || r.broken < 1 {
		t.Errorf("too few reloads: %+v", r)
	}
}

type reloads struct{ good, broken int }

var namesPlace = regexp.MustCompile(`basic\.lua:\d+`)

func (s *server) reloadEachSecond(t *testing.T, ctx context.Context, good string) (r reloads) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for i := 1; ; i++ {
		select {
		case <-ctx.Done():
			return r
		case <-tick.C:
		}
		if i%5 == 0 {
			write(t, s.script, good+brokenTail)
			s.reloadBroken(t)
			write(t, s.script, good)
			r.broken++
			continue
		}
		if out, code := run(t, patience, s.dir, "kamcmd", "-s", s.control(), "app_lua.reload"); code != 0 || strings.Contains(out, "error") {
			t.Errorf("reload: exit %d: %s", code, out)
		}
		r.good++
	}
}

func (s *server) reloadBroken(t *testing.T) {
	out, _ := run(t, patience, s.dir, "kamcmd", "-s", s.control(), "app_lua.reload")
	if !strings.Contains(out, "error") || !namesPlace.MatchString(out) {
		t.Errorf("a broken script: the answer names no place: %q", out)
	}
}
