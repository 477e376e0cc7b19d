package lua

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

const failing = `local function check(n)
	local user = "number " .. n
	error(user)
end
function f(n)
	check(n)
end
function g() error("no place", 0) end
`

// manual gives the host's shards a clock that stands still.
func (h *host) manual() *clock.Manual {
	c := clock.NewManual(time.Unix(1e9, 0))
	for i := range h.shards {
		h.shards[i].Shard = shard.New(i, c, shard.Limits{})
	}
	h.server.Clock = c
	return c
}

func (h *host) pass(c *clock.Manual, d time.Duration) {
	c.Advance(d)
	for _, sh := range h.shards {
		sh.Tick()
	}
}

// lines are what was logged since the last look, without times and without debug records.
func (h *host) lines() string {
	h.log.mu.Lock()
	defer h.log.mu.Unlock()
	var kept []string
	debug := false
	for line := range strings.Lines(h.log.b.String()) {
		if len(line) > 20 && line[0] != '\t' {
			line = line[20:]
			debug = strings.HasPrefix(line, "DEBUG") || strings.Contains(line[:min(len(line), 20)], " DEBUG")
		}
		if !debug {
			kept = append(kept, line)
		}
	}
	h.log.b.Reset()
	return strings.Join(kept, "")
}

func TestAnErrorIsToldOnceWithItsCount(t *testing.T) {
	h := newHost(t, testLimits, Options{})
	c := h.manual()
	h.load(failing)
	h.lines()
	h.runFor(failingMessage(t), "f", kemi.Int(0))
	first := h.lines()
	for _, want := range []string{
		"error in f: ", "a.lua:3: number 0", "message: INVITE, Call-ID id@caller?, CSeq 7 INVITE, from udp:192.0.2.9:5066",
		"a.lua:3: in ", "3 | error(user)", "in function 'f'", "6 | check(n)",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("no %q in\n%s", want, first)
		}
	}
	for i := range 3000 {
		h.run("f", kemi.Int(i))
	}
	h.run("g")
	if got := h.lines(); strings.Count(got, "\n") > 6 || !strings.Contains(got, "no place") {
		t.Errorf("further errors:\n%s", got)
	}
	h.pass(c, summaryEvery-time.Second)
	if got := h.lines(); got != "" {
		t.Errorf("too early:\n%s", got)
	}
	h.pass(c, 2*time.Second)
	if got := h.lines(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "the same error 3000 times more in the last minute, 3001 in all: ") {
		t.Errorf("the summary:\n%s", got)
	}
	h.pass(c, 2*summaryEvery)
	if got := h.lines(); got != "" {
		t.Errorf("nothing happened, and yet:\n%s", got)
	}
	h.run("f", kemi.Int(1))
	h.pass(c, summaryEvery+time.Second)
	if got := h.lines(); !strings.Contains(got, "the same error once more in the last minute, 3002 in all: ") {
		t.Errorf("the next summary:\n%s", got)
	}
}

func TestAReloadBeginsErrorsAnew(t *testing.T) {
	h := newHost(t, testLimits, Options{})
	h.manual()
	h.load(failing)
	for range 3 {
		h.run("f", kemi.Int(1))
	}
	h.lines()
	if err := h.e.Reload(-1, "test"); err != nil {
		t.Fatal(err)
	}
	if got := h.lines(); !strings.Contains(got, "2 times more before the reload, 3 in all") {
		t.Errorf("at the reload:\n%s", got)
	}
	h.run("f", kemi.Int(1))
	if got := h.lines(); !strings.Contains(got, "stack traceback") {
		t.Errorf("after it:\n%s", got)
	}
	if n := h.e.Counts().Failures; n != 4 {
		t.Errorf("%d failures", n)
	}
}

// failingMessage has a Call-ID with what must not break a line of the log.
func failingMessage(t *testing.T) *route.Message {
	t.Helper()
	received, err := sip.Parse("INVITE sip:b@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\n" +
		"Call-ID: id@caller\x01\r\nCSeq: 7 INVITE\r\nContent-Length: 0\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	m := new(route.Message)
	m.Begin(received)
	m.Flow = flow.Flow{Proto: flow.UDP, Remote: netip.MustParseAddrPort("192.0.2.9:5066")}
	return m
}

func (h *host) runFor(m *route.Message, function string, args ...kemi.Value) {
	sh := h.shards[0]
	sh.Do(func() {
		h.e.Run(&kemi.Ctx{Msg: m, Call: &route.Call{Kind: route.RequestRoute, Message: m, Branch: -1}, Server: h.server, Shard: sh},
			route.Callback{Name: function}, args...)
	})
}
