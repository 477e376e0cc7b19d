-- Calls of KSR functions go straight to them until some code may have changed the tables.
function branch() return KSR.echo.minus() end

function ksr_request_route()
	local p = KSR.echo.minus()
	say(p, branch(), (KSR.echo.minus()), KSR.echo.str("a", KSR.echo.yes())) --> -478 -478 -478 1
	say(select("#", KSR.echo.null()), #{KSR.echo.minus(), KSR.echo.minus()}) --> 1 2
	say(pcall(function() return KSR.x.exit() end)) --> false ~~ksr~exit~~
	loadstring("KSR.echo.minus = function(...) return 'new', select('#', ...) end")()
	say(KSR.echo.minus(1, 2)) --> new 2
	say(branch()) --> new 0
	say((KSR.echo.minus())) --> new
	say(KSR.echo.yes()) --> true
	loadstring("KSR.echo = nil")()
	say(pcall(branch)) --> false testdata/cases/direct.lua:2: attempt to index a non-table object(nil) with key 'minus'
	loadstring("KSR = {echo = {minus = 7}, note = KSR.note}")()
	say(pcall(branch)) --> false testdata/cases/direct.lua:2: attempt to call a non-function object
	loadstring("setfenv(branch, {KSR = {echo = {minus = function() return 'env' end}}})")()
	say(branch()) --> env
end
