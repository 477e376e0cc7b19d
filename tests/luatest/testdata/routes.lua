-- A script that does a little of everything, for the tests of the test runner.
package.path = "testdata/?.lua;" .. package.path
local helper = require "helper"

function ksr_request_route()
	if KSR.is_REGISTER() then
		if KSR.auth_db.auth_check("example.test", "subscriber", 1) < 0 then
			KSR.auth.auth_challenge("example.test", 0)
			return
		end
		KSR.registrar.save("location", 0)
		return
	end
	KSR.pv.sets("$sht(seen=>" .. KSR.pv.get("$fU") .. ")", KSR.pv.get("$rm"))
	KSR.setflag(4)
	KSR.pv.sets("$avp(who)", KSR.pv.get("$fU"))
	KSR.pv.sets("$xavp(call=>kind)", "test")
	local route = helper.routes[KSR.pv.get("$rU")]
	if route then
		return route()
	end
	if KSR.siputils.has_totag() > 0 then
		KSR.rr.loose_route()
		KSR.tm.t_relay()
		return
	end
	if KSR.registrar.lookup("location") < 0 then
		KSR.sl.sl_send_reply(404, "Not Found")
		return
	end
	KSR.rr.record_route()
	KSR.tm.t_on_failure("on_failure")
	KSR.tm.t_relay()
end

function on_number(event)
	KSR.tm.t_reply(200, event .. " " .. tostring(KSR.pv.get("$http_rs")) .. " " .. tostring(KSR.pv.get("$http_rb")))
end

function on_failure()
	if KSR.tm.t_check_status("486") > 0 then
		KSR.pv.sets("$avp(who)", "voicemail")
		KSR.pv.sets("$ru", "sip:box@10.0.9.9:5060")
		KSR.tm.t_relay()
	end
end

function on_tick()
	KSR.pv.seti("$sht(ticks=>n)", (KSR.pv.get("$sht(ticks=>n)") or 0) + 1)
end
