-- The routes of moonroute.cfg: whoever registers can be called. "systemctl reload moonroute" puts a change to work,
-- "moonroute check -f /etc/moonroute/moonroute.cfg" reads it first.

-- passwords has users prove who they are; "moonroute user add alice@example.com --hash-only" makes one.
local passwords = false

-- known tells whether the sender may go on, and asks for a password if not.
local function known()
	if not passwords then
		return true
	end
	local realm = KSR.pv.gete("$fd")
	if KSR.auth_db.auth_check(realm, "subscriber", 1) > 0 then
		if not KSR.is_REGISTER() then
			KSR.auth.consume_credentials()
		end
		return true
	end
	KSR.auth.auth_challenge(realm, 0)
	return false
end

-- serve_dialog forwards what belongs to a call that this server set up, along the route
-- that record_route wrote into its first request.
local function serve_dialog()
	if KSR.rr.loose_route() > 0 then
		if KSR.tm.t_relay() < 0 then
			KSR.sl.sl_reply_error()
		end
	elseif KSR.is_ACK() then
		KSR.tm.t_check_trans() -- for a reply that was made here: taken in silence
	else
		KSR.sl.sl_send_reply(404, "Not here")
	end
end

-- serve_user finds where the called user is registered and forwards to all of these places.
local function serve_user()
	if KSR.registrar.lookup("location") < 0 then
		KSR.sl.sl_send_reply(404, "Not Found")
		return
	end
	if KSR.is_INVITE() then
		KSR.rr.record_route()
	end
	if KSR.tm.t_relay() < 0 then
		KSR.sl.sl_reply_error()
	end
end

-- is_first tells whether the request is new rather than a retransmission; those are
-- answered by the transaction itself.
local function is_first()
	if KSR.tmx.t_precheck_trans() > 0 then
		KSR.tm.t_check_trans()
		return false
	end
	return KSR.tm.t_check_trans() ~= 0
end

function ksr_request_route()
	if KSR.maxfwd.process_maxfwd(10) < 0 then
		KSR.sl.sl_send_reply(483, "Too Many Hops")
		return
	end
	if KSR.sanity.sanity_check(17895, 7) < 0 then
		return -- the check has answered
	end
	if KSR.is_CANCEL() then
		if KSR.tm.t_check_trans() > 0 then
			KSR.tm.t_relay()
		end
		return
	end
	if not KSR.is_ACK() and not is_first() then
		return
	end
	if KSR.siputils.has_totag() > 0 then
		return serve_dialog()
	end
	if not KSR.is_myself_ruri() then
		KSR.sl.sl_send_reply(403, "Not relaying") -- no open relay
	elseif not known() then
		return
	elseif KSR.is_REGISTER() then
		KSR.registrar.save("location", 0)
	elseif KSR.is_OPTIONS() and KSR.corex.has_ruri_user() < 0 then
		KSR.sl.sl_send_reply(200, "OK")
	else
		serve_user()
	end
end
