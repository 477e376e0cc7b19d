package lua

import (
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

// still is a clock that stands.
type still struct{ *clock.Manual }

func (still) After(time.Duration, func()) func()   { return func() {} }
func (still) Sleep(time.Duration, <-chan struct{}) {}

func TestTimeAndChanceOfASimulation(t *testing.T) {
	const script = `function f()
		KSR.note.add(os.time() .. " " .. os.date("!%H:%M") .. " " .. os.date("!%H:%M", 0) .. " " .. os.time{year = 1970, month = 1, day = 3, hour = 0} % 60)
		KSR.note.add(math.random(1000000) .. " " .. math.random(5, 5) .. " " .. tostring(math.random() < 1) .. " " .. tostring(pcall(math.random, 0)))
	end`
	take := func(seed uint64) string {
		n := new(note)
		h := newHost(t, testLimits, Options{}, n.module())
		h.server.Clock, h.server.Seed = still{clock.NewManual(time.Unix(3600, 0))}, seed
		h.load(script)
		h.run("f")
		return n.take()
	}
	first := take(1)
	if first != take(1) || first == take(2) {
		t.Errorf("%q %q %q", first, take(1), take(2))
	}
	const times, tail = "3600 01:00 00:00 0\n", " 5 true false"
	if first[:len(times)] != times || first[len(first)-len(tail):] != tail {
		t.Errorf("got %q", first)
	}
}
