-- Coroutines, with calls of KSR functions inside.
function ksr_request_route()
	local co = coroutine.create(function(a)
		say("started", a)
		local b = coroutine.yield(a + 1)
		say("resumed", b)
		return "end"
	end)
	say(coroutine.resume(co, 1)) --> started 1
	--> true 2
	say(coroutine.resume(co, 5)) --> resumed 5
	--> true end
	say(coroutine.status(co), (coroutine.resume(co))) --> dead false
	local next = coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i) end end)
	say(next(), next()) --> 1 2
	say(coroutine.resume(coroutine.create(function() KSR.x.exit() end))) --> false ~~ksr~exit~~
	say(pcall(coroutine.wrap(function() error("inside") end))) --> false testdata/cases/coroutines.lua:17: inside
	say(pcall(coroutine.wrap(function() KSR.x.exit() end))) --> false ~~ksr~exit~~
	coroutine.wrap(function() KSR.x.exit() end)()
	say("not reached")
end
