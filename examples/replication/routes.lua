-- One of two registrars. Each sends the REGISTERs that it has accepted to the other, so that
-- either can take over all users at once.

local MAX_LENGTH = 4096

-- Definitions of the configuration can be read while a message is in hand.
local function defined(name)
	return KSR.pv.get("$def(" .. name .. ")")
end

local function sane()
	if KSR.maxfwd.process_maxfwd(10) < 0 then
		KSR.sl.sl_send_reply(483, "Too Many Hops")
		return false
	end
	if KSR.pv.get("$ml") > MAX_LENGTH then
		KSR.sl.sl_send_reply(513, "Message Too Large")
		return false
	end
	return true
end

-- The copy holds the phone's credentials: the other server checks them itself.
local function replicate()
	if KSR.pv.get("$si") ~= defined("PEER") then
		KSR.tm.t_replicate("sip:" .. defined("PEER") .. ":" .. defined("PEER_PORT"))
	end
end

local function register()
	local realm = defined("DOMAIN")
	if KSR.auth_db.auth_check(realm, "subscriber", 1) < 0 then
		KSR.auth.auth_challenge(realm, 0)
		return
	end
	if KSR.registrar.save("location", 0) < 0 then
		KSR.sl.sl_reply_error()
		return
	end
	replicate()
end

local function find()
	if KSR.registrar.lookup("location") < 0 then
		KSR.sl.sl_send_reply(404, "Not Found")
		return
	end
	if KSR.tm.t_relay() < 0 then
		KSR.sl.sl_reply_error()
	end
end

function ksr_request_route()
	if not sane() then
		return
	end
	if not KSR.is_myself_ruri() then
		KSR.sl.sl_send_reply(403, "Relay Forbidden")
	elseif KSR.is_method("REGISTER") then
		register()
	else
		find()
	end
end
