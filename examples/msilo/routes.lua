-- Messages for users who are offline wait in the silo until their user registers.

-- Anybody may register here: a real server asks for credentials first.
local function register()
	if KSR.registrar.save("location", 0) < 0 then
		KSR.sl.sl_reply_error()
		return
	end
	if KSR.msilo.mdump() > 0 then
		KSR.info("offline messages are sent, if there are any\n")
	end
end

-- The answer comes after the commit: whoever sees 202 may forget the message.
local function store(owner)
	if KSR.msilo.mstore_uri(owner) > 0 then
		KSR.info("stored for " .. owner .. "\n")
		KSR.tm.t_reply(202, "Accepted")
	else
		KSR.info("not stored for " .. owner .. "\n")
		KSR.tm.t_reply(503, "Service Unavailable")
	end
end

-- The user has no contact. Only a message can wait.
local function offline()
	local created = KSR.tm.t_newtran()
	if created < 0 then
		KSR.sl.sl_reply_error()
	elseif created > 0 and not KSR.is_method("MESSAGE") then
		KSR.tm.t_reply(404, "Not found")
	elseif created > 0 then
		store(KSR.pv.get("$ru"))
	end
end

local function relay()
	if KSR.tm.t_relay() < 0 then
		KSR.sl.sl_reply_error()
	end
end

function ksr_request_route()
	if KSR.maxfwd.process_maxfwd(10) < 0 then
		KSR.sl.sl_send_reply(483, "Too Many Hops")
	elseif not KSR.is_myself_ruri() then
		relay()
	elseif KSR.is_method("REGISTER") then
		register()
	elseif KSR.registrar.lookup("location") < 0 then
		offline()
	else
		KSR.tm.t_on_failure("ksr_failure_not_delivered")
		relay()
	end
end

-- The phone is there but does not take messages, or does not answer. The request URI is the
-- phone's contact by now, so the message is stored for the user of the original one.
function ksr_failure_not_delivered()
	local own = KSR.pv.get("$si") == KSR.pv.get("$Ri") and KSR.pv.get("$sp") == KSR.pv.get("$Rp")
	if KSR.is_method("MESSAGE") and not own then -- what comes from the silo stays there anyway
		store(KSR.pv.get("$ou"))
	end
end
