package lua

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
)

func TestOutcomes(t *testing.T) {
	h := newHost(t, testLimits, Options{}, new(note).module(), exits())
	h.load(`
		function done() return 1 end
		function exits() KSR.x.exit() error("not reached") end
		function drops() KSR.x.drop() end
		function fails() local t = nil; return t.x end
		function wraps() coroutine.wrap(function() KSR.x.exit() end)() error("not reached") end
		function caught() local ok, e = pcall(KSR.x.exit); if ok or e ~= "~~ksr~exit~~" then error("bad") end end
		function rethrown() local ok, e = pcall(KSR.x.exit); error(e, 0) end
	`)
	for function, want := range map[string]route.Outcome{
		"done": route.Done, "exits": route.Done, "drops": route.Dropped, "fails": route.Failed,
		"wraps": route.Done, "caught": route.Done, "rethrown": route.Done, "nothing": route.Absent,
	} {
		if got := h.run(function); got != want {
			t.Errorf("%s: %d, want %d\n%s", function, got, want, h.log)
		}
	}
	if !strings.Contains(h.log.String(), "a.lua:5:") {
		t.Errorf("no line in the log:\n%s", h.log)
	}
}
