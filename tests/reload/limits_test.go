package reload

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/tests/inproc"
)

const limitsConfig = `debug=-1
listen=udp:127.0.0.1:@PORT@
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "kemix.so"
loadmodule "app_lua.so"
modparam("app_lua", "load", "@DIR@/routes.lua")
modparam("app_lua", "memory_limit", 16)
modparam("app_lua", "time_limit", @TIME@)
cfgengine "lua"
`

// attacks are scripts that want too much, with the counter that tells of each.
var attacks = map[string]struct{ script, counter string }{
	"index":     {`local t = {} t[60000000] = 1`, "memory_limit_hits"},
	"indexes":   {`local a = {} for i = 1, 1000000 do a[i] = {} a[i][60000] = i end`, "memory_limit_hits"},
	"doubling":  {`local s = "x" while true do s = s .. s end`, "memory_limit_hits"},
	"table":     {`local t = {} while true do t[#t + 1] = {} end`, "memory_limit_hits"},
	"keys":      {`local t, i = {}, 0 while true do i = i + 1 t["k" .. i] = i end`, "memory_limit_hits"},
	"rep":       {`return string.rep("x", 1000000000)`, "memory_limit_hits"},
	"concat":    {`local t, s = {}, string.rep("x", 1000000) for i = 1, 1000 do t[i] = s end return table.concat(t)`, "memory_limit_hits"},
	"gsub":      {`return string.rep("x", 100000):gsub("x", string.rep("y", 100000))`, "memory_limit_hits"},
	"template":  {`return string.rep("x", 1000000):gsub(".+", string.rep("%0", 100000))`, "memory_limit_hits"},
	"format":    {`local s = string.rep("x", 1000000) return string.format(string.rep("%s", 30), s, s, s, s, s, s, s, s, s, s, s, s, s)`, "memory_limit_hits"},
	"insert":    {`table.insert({}, 50000000, 1)`, "memory_limit_hits"},
	"recursion": {`local function f() return 1 + f() end f()`, "stack_limit_hits"},
	"unpack":    {`unpack({}, 1, 10000000)`, "stack_limit_hits"},
}

func limitsScript() string {
	var b strings.Builder
	b.WriteString("local attacks = {}\n")
	for _, name := range slices.Sorted(maps.Keys(attacks)) {
		b.WriteString("function attacks." + name + "()\n\t" + attacks[name].script + "\nend\n")
	}
	b.WriteString(`function attacks.endless() while true do end end
function ksr_request_route()
	local attack = attacks[KSR.kx.gete_ruser()]
	if attack then attack() end
	KSR.sl.send_reply(200, "OK")
end
`)
	return b.String()
}

func startLimited(t *testing.T, time string) (*inproc.Server, *inproc.Peer) {
	t.Helper()
	port := inproc.FreePort(t)
	s := inproc.Start(t, inproc.Options{
		Config: strings.NewReplacer("@PORT@", port, "@TIME@", time).Replace(limitsConfig),
		Files:  []inproc.File{{Name: "routes.lua", Text: limitsScript()}},
		Shards: 1,
	})
	return s, s.Peer("127.0.0.1:0")
}

// hits are the counters of app_lua.limits.
func hits(t *testing.T, s *inproc.Server) string {
	t.Helper()
	w := &world{Server: s, t: t}
	return text(w.rpc("app_lua.limits").Values[0])
}

// TestGreedyScripts: whatever a script wants, its request gets a 500, the next one is served, and a counter tells.
func TestGreedyScripts(t *testing.T) {
	s, phone := startLimited(t, "60000")
	for name, a := range attacks {
		t.Run(name, func(t *testing.T) {
			counter, _ := s.Stats.Get("app_lua", a.counter)
			before := counter.Value()
			if got := inproc.StartLine(phone.Ask("OPTIONS", "sip:"+name+"@127.0.0.1")); !strings.Contains(got, " 500 ") {
				t.Errorf("the attack: %s", got)
			}
			if got := inproc.StartLine(phone.Ask("OPTIONS", "sip:nobody@127.0.0.1")); !strings.Contains(got, " 200 ") {
				t.Errorf("the next request: %s", got)
			}
			if counter.Value() <= before {
				t.Errorf("%v does not tell of it", counter)
			}
		})
	}
	if log := s.Log(); strings.Count(log, "routes.lua:") < len(attacks) {
		t.Errorf("the log names too few places:\n%s", log)
	}
	if got := hits(t, s); !strings.Contains(got, "failures=13\n") {
		t.Errorf("app_lua.limits:\n%s", got)
	}
}

// TestAnEndlessScript is the same for the time.
func TestAnEndlessScript(t *testing.T) {
	s, phone := startLimited(t, "50")
	if got := inproc.StartLine(phone.Ask("OPTIONS", "sip:endless@127.0.0.1")); !strings.Contains(got, " 500 ") {
		t.Errorf("the attack: %s", got)
	}
	if got := hits(t, s); !strings.Contains(got, "failures=1\n") || !strings.Contains(got, "time_limit=50ms\n") || strings.Count(got, "time_limit=1\n") != 1 {
		t.Errorf("app_lua.limits:\n%s", got)
	}
	if log := s.Log(); !strings.Contains(log, "script ran longer than 50ms") || !strings.Contains(log, "OPTIONS, Call-ID ") {
		t.Error(log)
	}
}
