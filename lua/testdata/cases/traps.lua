-- What real scripts rely on without knowing.
local original = KSR.note.add

function count_args(...) return arg.n, arg[1] end

function ksr_request_route()
	-- integer results are true even when negative
	if not KSR.echo.minus() then say("false") else say("true") end --> true
	-- absence is tested
	say(KSR.auth == nil, not KSR.auth, KSR ~= nil, KSR.echo ~= nil) --> true true true true
	-- a name that does not exist fails only when it is reached
	say(pcall(function() return KSR.inof("x") end)) --> false testdata/cases/traps.lua:12: attempt to call a non-function object
	say((pcall(function() return KSR.nosuch.f() end))) --> false
	-- exit is a Lua error that pcall catches
	say(pcall(KSR.x.exit)) --> false ~~ksr~exit~~
	say(pcall(KSR.x.exit, "with", "arguments")) --> false ~~ksr~exit~~
	-- tables are ordinary: wrapped, kept, replaced
	local wrapped = setmetatable({own = function() return "own" end}, {__index = KSR})
	say(wrapped.own(), wrapped.echo.minus()) --> own -478
	local minus = KSR.echo.minus
	KSR.echo.minus = function() return "replaced" end
	say(KSR.echo.minus(), minus()) --> replaced -478
	KSR.echo.minus = minus
	say(KSR.echo.minus()) --> -478
	local saved = KSR
	KSR = setmetatable({echo = {minus = function() return "other" end}}, {__index = saved})
	say(KSR.echo.minus(), KSR.echo.yes == nil) --> other true
	KSR = saved
	say(KSR.echo.minus(), original == KSR.note.add) --> -478 true
	local names = 0
	for name, f in pairs(KSR.x) do names = names + 1 end
	say(names) --> 2
	-- habits of Lua 5.1
	say(count_args("a", "b")) --> 2 a
	say(unpack({1, 2, 3})) --> 1 2 3
	say(table.getn({1, 2}), string.gfind ~= nil, math.mod == nil) --> 2 true false
	-- os.exit cannot stop the server
	say(pcall(os.exit, 1)) --> false testdata/cases/traps.lua:38: os.exit would end the server; use KSR.x.exit() to end the route
	say(debug.sethook(function() end, "cr"), debug.gethook()) --> nil nil
end
