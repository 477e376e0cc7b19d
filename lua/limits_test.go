package lua

import (
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// endless are scripts that never end by themselves, one a line.
var endless = map[string]string{
	"while":            `while true do end`,
	"repeat":           `repeat until false`,
	"numeric for":      `for i = 1, 1e18 do end`,
	"generic for":      `for _ in function() return 1 end do end`,
	"goto":             `::again:: goto again`,
	"tail calls":       `local function f() return f() end f()`,
	"mutual":           `local g; local function f() return g() end g = function() return f() end f()`,
	"fan out":          `local function f(n) if n == 0 then return end f(n-1) f(n-1) end f(150)`,
	"pcall":            `while true do pcall(function() while true do end end) end`,
	"nested pcall":     `local function f() while true do pcall(f) end end f()`,
	"xpcall":           `while true do xpcall(function() while true do end end, function() while true do end end) end`,
	"coroutine":        `while true do coroutine.resume(coroutine.create(function() while true do end end)) end`,
	"wrap":             `local w = coroutine.wrap(function() while true do coroutine.yield() end end) while true do w() end`,
	"metamethod":       `local t = setmetatable({}, {__index = function(t, k) return t[k.."a"] or t[k.."b"] end}) while true do local x = pcall(function() return t.x end) end`,
	"operator fan out": `local mt = {} local function new(n) return setmetatable({n = n}, mt) end mt.__add = function(a, b) if a.n == 0 then return a end local c = new(a.n - 1) return (c + c) + (c + c) end local x = new(100) + new(100)`,
	"loadstring":       `loadstring("while true do end")()`,
	"load":             `load(function() return "while true do end " end)`,
	"pattern":          `string.find(string.rep("a", 40), string.rep("a-", 40) .. "b")`,
	"match":            `while true do string.match(string.rep("a", 100000), ".-b") end`,
	"gsub":             `string.gsub(string.rep("a", 1000000), "a", function() string.rep("x", 1000) string.find(string.rep("a", 3000), ".-.-b") end)`,
	"sort":             `local t = {} for i = 1, 2000 do t[i] = i end while true do table.sort(t, function(a, b) return true end) end`,
	"gmatch":           `while true do for w in string.gmatch(("a "):rep(1000), "%a") do end end`,
	"KSR":              `local function f(n) if n == 0 then return end KSR.note.add("") f(n-1) f(n-1) end f(150)`,
}

func TestEndlessScriptsEnd(t *testing.T) {
	for name, script := range endless {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, shortLimits, Options{}, new(note).module())
			h.load("function f()\n" + script + "\nend\nfunction ok() end")
			if got := h.run("f"); got != route.Failed {
				t.Errorf("outcome %d", got)
			}
			if log := h.log.String(); !strings.Contains(log, "a.lua:2") && !strings.Contains(log, "]:1:") || !strings.Contains(log, "script ran longer than 20ms") {
				t.Errorf("log: %s", log)
			}
			if c := h.e.Counts(); c.TimeLimit != 1 || c.Failures != 1 {
				t.Errorf("counted %+v", c)
			}
			if got := h.run("ok"); got != route.Done {
				t.Errorf("afterwards: %d\n%s", got, h.log)
			}
		})
	}
}

// reader is a carrier that counts how often it is relieved.
type reader struct{ relieved atomic.Int32 }

func (r *reader) Relieve() { r.relieved.Add(1) }

// TestLongRunsRelieveTheReader: while a script computes, others read the socket that its message came from.
func TestLongRunsRelieveTheReader(t *testing.T) {
	for script, want := range map[string]int32{"local x = 1": 0, "while true do end": 1} {
		h, r := newHost(t, shortLimits, Options{}), new(reader)
		h.load("function f() " + script + " end")
		_, relieved := h.shards[0].Submit(1, shard.Func(func() { h.runHere(0, route.RequestRoute, route.Callback{Name: "f"}) }), r)
		if r.relieved.Load() != want || relieved != (want == 1) {
			t.Errorf("%s: relieved %d times, told %v", script, r.relieved.Load(), relieved)
		}
	}
}

// stalled is a module whose function keeps the processor from the process for some limits' time.
func stalled(pause time.Duration) kemi.Module {
	stop := func(*note, *kemi.Ctx, *kemi.Args) kemi.Value { time.Sleep(pause); return kemi.Void }
	return kemi.Define(kemi.Spec[note]{
		Name: "stalled", New: func() *note { return new(note) },
		Funcs: kemi.Funcs[note]{{Name: "stop", Call: stop}},
	})
}

// TestAStalledMachineIsNotTheScriptsFault: time in which the process did not run does not count.
func TestAStalledMachineIsNotTheScriptsFault(t *testing.T) {
	limits := testLimits
	limits.Time = 500 * time.Millisecond
	h := newHost(t, limits, Options{}, stalled(limits.Time*3/2))
	h.load("function f() for i = 1, 20000 do if i == 10000 then KSR.stalled.stop() end end end")
	if got := h.run("f"); got != route.Done {
		t.Errorf("outcome %d\n%s", got, h.log)
	}
}

// heapMapped is the most that the heap of the process has ever taken.
func heapMapped() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys
}

// TestAssignmentsStay: places of tables that are computed are written by a function, which scripts cannot see.
func TestAssignmentsStay(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	h.load(`
local log = KSR.note.add
local function two() return "x", "y" end
function f(...)
	local t, i = {}, 1
	i, t[i] = i + 1, 20
	log(i .. " " .. tostring(t[1]) .. " " .. tostring(t[2]))
	t[i], t[i + 1], i = two()
	log(t[2] .. t[3] .. tostring(i))
	t[two()] = two()
	log(t.x)
	t[#t + 1] = ...
	log(t[4])
	t[1], t[2] = t[2], t[1]
	log(t[1] .. t[2])
	local seen = setmetatable({}, {__newindex = function(o, k, v) rawset(o, k, v .. "!") end})
	seen[two()] = "a"
	log(seen.x)
	t[67108864 + 1] = "hash"
	log(t[67108865] .. #t)
	local c = {[two()] = two(), [i or 5000] = "far"}
	log(c.x .. c[5000])
	local ok, err = pcall(function() local none; local k = "k"; none[k] = 1 end)
	log(err:match("a.lua:%d+: (.*)$"))
	log(tostring(select(2, pcall(function() local k; t[k] = 1 end)):match("a.lua:%d+") ~= nil))
	log(tostring(rawset(t, 1, "raw") == t) .. t[1])
	table.insert(t, 1, "first") table.insert(t, "last")
	log(t[1] .. t[2] .. table.remove(t) .. table.remove(t, 1) .. t[1] .. tostring(table.remove({})))
end`)
	if h.run("f", kemi.Str("dots")) != route.Done {
		t.Fatal(h.log)
	}
	want := `2 20 nil
xynil
x
dots
x20
a!
hash4
xfar
attempt to index a non-table object(nil) with key 'k'
true
trueraw
firstrawlastfirstrawnil`
	if got := n.take(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestPiecesOfTheMessageAreCopied: a few bytes in a global do not keep a whole message.
func TestPiecesOfTheMessageAreCopied(t *testing.T) {
	h := newHost(t, testLimits, Options{}, new(note).module())
	h.load(`G = {} function f(user) G[user] = user table.insert(G, user) end`)
	raw := strings.Repeat("x", 5000) + "alice"
	sh := h.shards[0]
	sh.Do(func() {
		m := &route.Message{Message: &sip.Message{Raw: raw}}
		h.e.Run(&kemi.Ctx{Msg: m, Call: &route.Call{Kind: route.RequestRoute, Message: m, Branch: -1}, Server: h.server, Shard: sh},
			route.Callback{Name: "f"}, kemi.Str(raw[5000:]))
	})
	kept := 0
	h.e.current.Load().shards[0].free[0].L.GetGlobal("G").(*glua.LTable).ForEach(func(k, v glua.LValue) {
		for _, x := range []glua.LValue{k, v} {
			if text, ok := x.(glua.LString); ok && within(string(text), raw) {
				t.Errorf("%q is a part of the message", text)
			}
		}
		kept++
	})
	if kept != 2 {
		t.Errorf("%d values", kept)
	}
	long := strings.Repeat("y", 2000) + "bob"
	if part := piece(long, 2000, 2003); part != "bob" || within(part, long) {
		t.Errorf("the piece %q keeps the long text", part)
	}
}

func TestLibrariesThatAreLeftOut(t *testing.T) {
	limits := testLimits
	limits.Libraries = "string, table math"
	n := new(note)
	h := newHost(t, limits, Options{}, n.module())
	h.load(`function f()
	for _, name in ipairs({"string", "table", "math", "os", "io", "debug", "package", "coroutine", "require", "pcall"}) do
		KSR.note.add(name .. " " .. type(_G[name]))
	end
end`)
	h.run("f")
	want := "string table\ntable table\nmath table\nos nil\nio nil\ndebug nil\npackage nil\ncoroutine nil\nrequire nil\npcall function"
	if got := n.take(); got != want {
		t.Errorf("got\n%s\n%s", got, h.log)
	}
}

// greedy are scripts that want more memory than they may have.
var greedy = map[string]string{
	"doubling":       `local s = "x" while true do s = s .. s end`,
	"doubling calls": `local function g(s) return g(s .. s) end g("x")`,
	"rep":            `string.rep("x", 1e9)`,
	"rep loop":       `local t = {} for i = 1, 1e9 do t[i] = string.rep("x", 100000) .. i end`,
	"table":          `local t = {} for i = 1, 1e9 do t[i] = {} end`,
	"hash":           `local t = {} for i = 1, 1e9 do t["k" .. i] = i end`,
	"global":         `G = {} while true do G = {G, {}} end`,
	"concat":         `local t = {} for i = 1, 1000 do t[i] = string.rep("x", 100000) end table.concat(t)`,
	"gsub":           `string.gsub(string.rep("x", 10000), "x", string.rep("y", 10000))`,
	"closures":       `local t = {} while true do local x = {} t[#t + 1] = function() return x end end`,
	"coroutines":     `local t = {} while true do t[#t + 1] = coroutine.create(function() end) end`,
	"depth":          `local function f() return 1 + f() end f()`,
	"co depth":       `coroutine.wrap(function() local function f() return 1 + f() end f() end)()`,
	"unpack":         `unpack({}, 1, 1e7)`,
	"far index":      `local t = {} t[60000000] = 1`,
	"far indexes":    `local a = {} for i = 1, 1000 do local t = {} t[i + 60000] = 1 a[i] = t end`,
	"far constant":   `G = {} G[60000000] = 1`,
	"far pair":       `local t, i = {}, 60000000 t[i], t[1] = 1, 2`,
	"far key":        `G = {[60000000] = 1}`,
	"far computed":   `local n = 60000000 G = {[n] = 1}`,
	"far rawset":     `rawset({}, 60000000, 1)`,
	"far insert":     `table.insert({}, 60000000, 1)`,
	"far newindex":   `local t = setmetatable({}, {__newindex = {}}) t[60000000] = 1`,
	"concat of one":  `local s, t = string.rep("x", 1000000), {} for i = 1, 255 do t[i] = s end table.concat(t)`,
	"concat with":    `local t = {} for i = 1, 255 do t[i] = "" end table.concat(t, string.rep("x", 1000000))`,
	"gsub template":  `string.gsub(string.rep("x", 1000000), ".+", string.rep("%0", 100000))`,
	"gsub function":  `string.gsub(string.rep("x", 1000), "x", function(x) return string.rep(x, 1000000) end)`,
	"pieces":         `local t = {} for i = 1, 1e9 do t[i] = string.rep("x", 100000) .. i end`,
	"varargs":        `local function f(n, ...) if n == 0 then return 0 end return 1 + f(n - 1, string.rep("x", 100000) .. n, ...) end f(900)`,
	"json":           `local s, t = string.rep("x", 1000000), {} for i = 1, 10000 do t[i] = s end require("cjson").encode(t)`,
	"mime eol":       `require("mime").eol(0, string.rep("\n", 1000000), string.rep("x", 100000))`,
	"mime filter":    `local f = require("mime").encode("quoted-printable") while true do f(string.rep("x", 1000000)) end`,
	"in pcall":       `local t = {} while true do pcall(function() while true do t[#t + 1] = string.rep("x", 100000) .. #t end end) if #t > 100 then error("script holds more than it may: bytes of memory") end end`,
	"holes":          `G = {} for i = 1, 1000 do G["k" .. i] = {} G["k" .. i][4000] = 1 end`,
	"upvalue":        `local t = {} local function add() t[#t + 1] = string.rep("x", 1000) .. #t end while true do add() end`,
}

func TestGreedyScriptsEnd(t *testing.T) {
	limits := kemi.ScriptLimits{Time: 5 * time.Minute, Memory: 16 << 20, States: 8}
	for name, script := range greedy {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, limits, Options{}, new(note).module())
			h.load("function f()\n" + script + "\nend\nfunction ok() return #(G or {}) end")
			defer func() {
				if mapped := heapMapped(); mapped > 700<<20 {
					t.Errorf("the process has taken %d MiB", mapped>>20)
				}
			}()
			if got := h.run("f"); got != route.Failed {
				t.Errorf("outcome %d", got)
			}
			if strings.Contains(h.log.String(), "ran longer") {
				t.Errorf("the time limit ended it, not the one of memory")
			}
			if c := h.e.Counts(); c.MemoryLimit+c.StackLimit < 1 || c.TimeLimit != 0 || c.Failures != 1 {
				t.Errorf("counted %+v", c)
			}
			if got := h.run("ok"); got != route.Done {
				t.Errorf("afterwards: %d\n%s", got, h.log)
			}
		})
	}
}
