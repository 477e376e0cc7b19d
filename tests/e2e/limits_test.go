//go:build e2e

package e2e

import (
	"regexp"
	"testing"
	"time"
)

// loopRoute sends one user into an endless loop.
const loopRoute = `
local basic_route = ksr_request_route
function ksr_request_route()
	if KSR.kx.gete_ruser() == "loop" then
		while true do end
	end
	return basic_route()
end
`

// TestEndlessLoop: the request that meets the loop gets 500 within the limit, the calls beside
// it are served, and the log names the line.
func TestEndlessLoop(t *testing.T) {
	need(t, "sipp")
	s := start(t, loopRoute)
	looped := make(chan string)
	go func() { looped <- s.callLoop(t) }()
	s.calls(t, load{transport: "u1", rate: 30, seconds: 8})
	if out := <-looped; out != "" {
		t.Error(out)
	}
	line := regexp.MustCompile(`basic\.lua:\d+`)
	eventually(t, "the log names a line of the script", func() bool { return line.MatchString(s.output.String()) })
}

// callLoop calls the loop three times, one after the other, and tells what went wrong.
func (s *server) callLoop(t *testing.T) string {
	out, code := run(t, 3*time.Minute, s.dir, "sipp", s.sippArgs(t, "loop.xml", "u1", s.addr, "-m", "3", "-l", "1", "-timeout", "150", "-timeout_error")...)
	if done, failed := sippCalls(t, out); code != 0 || done != 3 || failed != 0 {
		return "calls of the loop: " + tail(out, 40) + s.sippErrors()
	}
	return ""
}
