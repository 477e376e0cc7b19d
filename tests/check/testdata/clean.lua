-- Nothing here is wrong, however odd it looks.
FLAG_ACC = 1
local retries = 0

local function count()
	retries = retries + 1
	return retries
end

function ksr_request_route()
	if KSR.auth then KSR.auth.www_challenge(KSR.kx.get_fhost(), 1) end
	if not KSR.dispatcher then KSR.info("no dispatcher " .. count()) end
	KSR.setflag(FLAG_ACC)
	KSR.setflag("2")
	local args = {404, "Not here"}
	KSR.sl.send_reply(unpack(args))
	KSR.tm.t_on_failure("failed")
	KSR.tm.t_on_reply("0")
	if KSR.tm.t_relay() < 0 then KSR.sl.sl_reply_error() end
	missing = missing or KSR.pv.getw("$ru")
	later = function() return missing end
	if on_request then on_request() end
end

missing = nil
later = nil

function failed()
	KSR.tm.t_drop_replies_all()
	shared()
end

function shared()
	if KSR.tm.t_branch_timeout() > 0 then KSR.tm.t_reply(408, "Timeout") end
end

function ksr_reply_route()
	if KSR.siputils.is_request() > 0 then shared() end
	return 1
end
