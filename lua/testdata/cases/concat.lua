-- Joining texts goes through the engine's own function; it must look like Lua's operator.
local function two() return "x", "y" end

function last(p) p = "<" .. p .. ">" return p end

function trimmed(p) p = (p:gsub("^%s+", "")) return p end

function both(q, p) q, p = p .. "1", (p:rep(2)) return q, p end

function tail(...) return "<" .. ... end

function ksr_request_route()
	say("a" .. 1 .. 2.5 .. "b", 1 .. "", 1e15 .. "", -0.1 .. "") --> a12.5b 1 1e+15 -0.1
	say("a" .. two(), two() .. "b") --> ax xb
	say((tail("p", "q"))) --> <p
	say(select("#", tail("p", "q"))) --> 1
	say(last("p"), trimmed("  x"), both("a", "b")) --> <p> x b1 bb
	local t = {"a" .. two()}
	say(#t) --> 1
	say(("x" .. "y"):rep(2), #("a" .. "bc")) --> xyxy 3
	local m = setmetatable({}, {__concat = function(a, b) return (type(a) == "table" and "T" or a) .. "+" .. (type(b) == "table" and "T" or b) end})
	say("a" .. m, m .. "b", "a" .. "b" .. m, m .. "c" .. "d", m .. m) --> a+T T+b ab+T T+cd T+T
	say(pcall(function() local x; return "a" .. x .. "b" end)) --> false testdata/cases/concat.lua:23: attempt to concatenate a nil value
	say(pcall(function() return {} .. "b" end)) --> false testdata/cases/concat.lua:24: attempt to concatenate a table value
	local long = ""
	for i = 1, 300 do long = long .. "x" .. i .. "y" .. "z" .. "0" .. "1" .. "2" .. "3" .. "4" end
	say(#long) --> 3192
	local i = 0
	::again::
	i = i + 1
	if i < 3 then goto again end
	say(i) --> 3
	while true do i = i + 1 if i > 10 then break end end
	repeat local done = i > 20; i = i + 1 until done
	say(i) --> 22
	say("1" .. "2" + 1, 2 .. 3 == "23", "a" .. "b" == "ab" and "yes" or "no") --> 13 true yes
end
