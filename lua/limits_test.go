package lua

import (
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/route"
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
			h := newHost(t, testLimits, Options{}, new(note).module())
			h.load("function f()\n" + script + "\nend\nfunction ok() end")
			start := time.Now()
			if got := h.run("f"); got != route.Failed {
				t.Errorf("outcome %d", got)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("it took %v", took)
			}
			if log := h.log.String(); !strings.Contains(log, "a.lua:2") && !strings.Contains(log, "]:1:") || !strings.Contains(log, "script ran longer than 20ms") {
				t.Errorf("log: %s", log)
			}
			if got := h.run("ok"); got != route.Done {
				t.Errorf("afterwards: %d\n%s", got, h.log)
			}
		})
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
	"upvalue":        `local t = {} local function add() t[#t + 1] = string.rep("x", 1000) .. #t end while true do add() end`,
}

func TestGreedyScriptsEnd(t *testing.T) {
	limits := kemi.ScriptLimits{Time: 5 * time.Second, Memory: 16 << 20, States: 8}
	for name, script := range greedy {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, limits, Options{}, new(note).module())
			h.load("function f()\n" + script + "\nend\nfunction ok() return #(G or {}) end")
			start := time.Now()
			if got := h.run("f"); got != route.Failed {
				t.Errorf("outcome %d", got)
			}
			if strings.Contains(h.log.String(), "ran longer") {
				t.Errorf("the time limit ended it, not the one of memory, after %v", time.Since(start))
			}
			if got := h.run("ok"); got != route.Done {
				t.Errorf("afterwards: %d\n%s", got, h.log)
			}
		})
	}
}
